/** The sign of the house: a mill wheel. */
export function Wheel() {
  return (
    <svg
      viewBox="0 0 16 16"
      width={18}
      height={18}
      fill="none"
      stroke="var(--accent)"
      strokeWidth={1.5}
      strokeLinecap="round"
      aria-hidden
    >
      <circle cx={8} cy={8} r={4.75} />
      <path d="M8 1.25v13.5M1.25 8h13.5M3.25 3.25l9.5 9.5M12.75 3.25l-9.5 9.5" />
    </svg>
  );
}
