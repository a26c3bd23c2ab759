import { expect, it } from "vitest";
import { mountOf } from "./mount-table.ts";

// The root comes late where it was mounted by what started the system first.
const TABLE = `proc /proc proc rw 0 0
/dev/sdb /srv/keys ext4 rw,data=journal 0 0
/dev/vda / ext4 rw,relatime 0 0
tmpfs /srv/keys/ram tmpfs rw,size=4k 0 0
/dev/sdc /srv/a\\040b ext3 rw 0 0
/dev/sdd /twice ext4 rw,data=journal 0 0
/dev/sde /twice ext4 rw 0 0
broken line
`;

it.each([
  ["/", "/dev/vda"],
  ["/srv", "/dev/vda"],
  ["/srv/keys", "/dev/sdb"],
  ["/srv/keys/site", "/dev/sdb"],
  ["/srv/keys2", "/dev/vda"],
  ["/srv/keys/ram/x", "tmpfs"],
  ["/srv/a b/c", "/dev/sdc"],
  ["/twice", "/dev/sde"],
])("%s lies on %s", (path, source) => {
  expect(mountOf(TABLE, path)?.source).toBe(source);
});

it("tells type and options, and nothing where no table is", () => {
  expect(mountOf(TABLE, "/srv/keys")).toEqual({
    source: "/dev/sdb",
    folder: "/srv/keys",
    type: "ext4",
    options: ["rw", "data=journal"],
  });
  expect(mountOf("", "/srv")).toBeUndefined();
});
