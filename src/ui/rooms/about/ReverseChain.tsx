const STEPS = [4, 3, 2, 1, 0];
const X = (n: number) => 20 + n * 170;
const SUBSCRIPT = ['₀', '₁', '₂', '₃', '₄'];

/** x_4 to x_0: at each step the generator sees the noisy image, the source and a fresh latent. */
export function ReverseChain() {
  return (
    <figure className="chain">
      <svg
        viewBox="0 0 800 210"
        role="img"
        aria-label="Reverse chain: from noise x4 through four generator steps to the translated image x0; each step sees the source and a fresh latent z"
      >
        <rect className="chain-box" x="110" y="10" width="580" height="36" rx="8" />
        <text x="400" y="33">
          acquired source y, the same at every step
        </text>
        {STEPS.map((t, n) => (
          <g key={t}>
            <rect className="chain-box" x={X(n)} y="110" width="80" height="52" rx="8" />
            <text x={X(n) + 40} y="141">
              x{SUBSCRIPT[t]}
            </text>
            <text className="chain-dim" x={X(n) + 40} y="182">
              {t === 4 ? 'noise' : t === 0 ? 'translated' : 'less noisy'}
            </text>
          </g>
        ))}
        {STEPS.slice(0, 4).map((t, n) => (
          <g key={t}>
            <circle className="chain-box" data-kind="network" cx={X(n) + 125} cy="136" r="19" />
            <text x={X(n) + 125} y="141">
              G
            </text>
            <path
              className="chain-arrow"
              d={`M${X(n) + 80} 136h26M${X(n) + 144} 136h18M${X(n) + 125} 46v63`}
            />
            <path
              className="chain-head"
              d={`M${X(n) + 168} 136l-8-4v8zM${X(n) + 106} 136l-8-4v8zM${X(n) + 125} 117l-4-8h8z`}
            />
            <text className="chain-dim" x={X(n) + 125} y="182">
              + latent z
            </text>
          </g>
        ))}
      </svg>
    </figure>
  );
}
