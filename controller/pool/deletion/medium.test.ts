import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { mediumOf, refuseDataJournal } from "./medium.ts";

describe("the medium of a folder", () => {
  let folder: string;
  let tables: { mounts: string; ext: string };
  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), "qkdlink-")));
    tables = { mounts: join(folder, "mounts"), ext: join(folder, "ext") };
    mkdirSync(join(folder, "keys"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const mounted = (options: string) =>
    writeFileSync(tables.mounts, `/dev/vda / ext4 rw 0 0\n/dev/sdb ${folder}/keys ext4 ${options} 0 0\n`);

  it("journals data when it is mounted so, also behind a symbolic link", () => {
    mounted("rw,data=ordered");
    expect(mediumOf(join(folder, "keys"), tables).journalsData).toBe(false);
    mounted("rw,nodelalloc,data=journal");
    symlinkSync(join(folder, "keys"), join(folder, "link"));
    for (const name of ["keys", "link"]) expect(mediumOf(join(folder, name), tables).journalsData).toBe(true);
    expect(mediumOf(folder, tables).journalsData).toBe(false);
  });

  it("journals data when its device says so, which the mount does not show", () => {
    mounted("rw");
    mkdirSync(join(tables.ext, "sdb"), { recursive: true });
    writeFileSync(join(tables.ext, "sdb", "options"), "rw\ndata=journal\nbarrier\n");
    expect(mediumOf(join(folder, "keys"), tables).journalsData).toBe(true);
  });

  it("is not known to journal anything where the kernel has no such tables", () => {
    expect(mediumOf(folder, tables).journalsData).toBe(false);
  });

  it("is told by its type", () => {
    const { fileSystem, overwritesInPlace } = mediumOf(folder);
    expect(fileSystem).toMatch(/^0x[0-9a-f]+$/);
    expect(overwritesInPlace).toBe(["0xef53", "0x1021994"].includes(fileSystem));
    expect(mediumOf("/proc").overwritesInPlace).toBe(false);
  });

  it("is refused when it journals data", () => {
    const medium = { fileSystem: "0xef53", overwritesInPlace: true, journalsData: false };
    refuseDataJournal(medium, "/srv");
    expect(() => refuseDataJournal({ ...medium, journalsData: true }, "/srv")).toThrow(
      expect.objectContaining({ code: "QKD_KEYSTORE_MEDIUM" }),
    );
  });

  it("must be there", () => {
    expect(() => mediumOf(join(folder, "missing"))).toThrow(
      expect.objectContaining({ code: "QKD_KEYSTORE_UNREADABLE" }),
    );
  });
});
