import { expect, it } from "vitest";
import { sampleCheck, sampleReport, sampleStep } from "../testing/sample-report.ts";
import { junitText } from "./junit-text.ts";

it("JUnit has a case for each check; failed and unknown ones fail, what does not apply is skipped, texts are escaped", () => {
  const check = (id: string, value: number) =>
    sampleCheck(id, { value, unit: "dB", u: 0.01, n: 1 }, { low: null, high: 7, reference: 5 });
  const apart = { ...check("apart", 5), verdict: "notApplicable" as const, reason: 'no "plan" <&>\u0007' };
  const text = junitText(
    sampleReport({
      steps: [
        sampleStep(16, [check("good", 5), check("bad", 9), apart]),
        { ...sampleStep(22, []), verdict: "unknown", reason: "nobody" },
      ],
    }),
  );
  expect(text).toContain('<testsuites name="commissioning of metro-07" tests="4" failures="2" skipped="1">');
  expect(text).toMatch(/<testcase classname="16 Step 16" name="bad"><failure type="fail" message="9.00/);
  expect(text).toContain("no &#34;plan&#34; &#60;&#38;&#62;\ufffd");
  expect(text).toContain('<failure type="unknown" message="nobody"/>');
  expect(text.match(/<testsuite /g)).toHaveLength(2);
});
