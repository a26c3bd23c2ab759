const WINDOW_MS = 4000;

/** Detections per second over the last seconds, from frames as they arrive; null until a window has passed. */
export class DetectionRate {
  #total = 0;
  readonly #marks: { readonly atMs: number; readonly total: number }[] = [];

  add(detections: number): void {
    this.#total += detections;
  }

  perSecond(atMs: number): number | null {
    this.#marks.push({ atMs, total: this.#total });
    while (this.#marks.length > 2 && atMs - (this.#marks[1]?.atMs ?? atMs) >= WINDOW_MS) this.#marks.shift();
    const [oldest] = this.#marks;
    if (oldest === undefined || atMs - oldest.atMs < WINDOW_MS) return null;
    return (1000 * (this.#total - oldest.total)) / (atMs - oldest.atMs);
  }
}
