/** Hatches that drawings fill with: no reading, post-quantum keys, no keys. */
export function Patterns() {
  return (
    <svg class="patterns" width="0" height="0" aria-hidden="true">
      <defs>
        <pattern id="hg" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect width="6" height="6" fill="var(--sunk)" />
          <path d="M0 0V6" stroke="var(--line)" stroke-width="2" />
        </pattern>
        <pattern id="hp" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect width="6" height="6" fill="var(--pqc)" />
          <path d="M0 0V6" stroke="var(--card)" stroke-width="1.6" />
        </pattern>
        <pattern id="hn" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect width="6" height="6" fill="var(--card)" />
          <path d="M0 0V6" stroke="var(--none)" stroke-width="1.6" />
        </pattern>
      </defs>
    </svg>
  );
}
