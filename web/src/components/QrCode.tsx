import { useMemo } from "react";
import { encode } from "uqr";
import classes from "./QrCode.module.css";
import { qrPath } from "./qr-path.js";

interface QrCodeProps {
  text: string;
  /** What it is, for who cannot see it. */
  label: string;
  /** It is of no use any more. */
  faded?: boolean;
}

/** Always dark on white: a camera reads nothing else as well. */
export function QrCode({ text, label, faded = false }: QrCodeProps) {
  const { data, size } = useMemo(() => encode(text, { border: 2 }), [text]);
  return (
    <svg
      viewBox={`0 0 ${size} ${size}`}
      className={classes.qr}
      role="img"
      aria-label={label}
      data-faded={faded || undefined}
      shapeRendering="crispEdges"
    >
      <rect width={size} height={size} fill="#fff" />
      <path d={qrPath(data)} fill="#000" />
    </svg>
  );
}
