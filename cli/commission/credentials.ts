import type { SiteCredentials } from "../../commissioning/index.ts";
import { DevelopmentAuthority } from "../development/development-pki.ts";

/** Certificates that nobody else trusts, for two sites on this machine that live as long as a commissioning. */
export async function throwAwayCredentials(): Promise<SiteCredentials> {
  const authority = await DevelopmentAuthority.create("qkdlink commissioning");
  const of = async (name: string) => ({
    ...(await authority.issue(name, ["127.0.0.1"])),
    authority: authority.certificate,
  });
  return { alice: await of("commission-alice"), bob: await of("commission-bob") };
}
