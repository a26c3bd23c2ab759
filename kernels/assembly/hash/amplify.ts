import { multiplyPlanes, reducePlanes } from "./product";
import { planesToPoints, pointsToPlanes } from "./transpose";

/**
 * Multiplies 128 points by 128 seed elements in GF(2^(256 groups)). Group g of the points lies at
 * points + g * groupStride; `seed` is 256 groups bit planes; `work` holds (groups * 12 * 256 + 32) * 16 bytes.
 */
export function amplifyRun(
  points: usize,
  groupStride: usize,
  groups: usize,
  seed: usize,
  t1: usize,
  t2: usize,
  t3: usize,
  work: usize,
): void {
  const degree: usize = groups << 8;
  const planes = work;
  const product = planes + degree * 16;
  const scratch = product + 2 * degree * 16;
  const bytes = scratch + 8 * degree * 16;
  for (let g: usize = 0; g < groups; g++) pointsToPlanes(points + g * groupStride, planes + g * 4096, bytes);
  multiplyPlanes(planes, seed, product, degree, scratch);
  reducePlanes(product, degree, t1, t2, t3);
  for (let g: usize = 0; g < groups; g++) planesToPoints(product + g * 4096, points + g * groupStride, bytes);
}
