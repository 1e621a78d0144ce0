import type { Status } from '../../src/base/status';

/** The colours of a theme, as CSS colours. */
export interface Palette {
  readonly background: string;
  readonly foreground: string;
  readonly muted: string;
  readonly border: string;
  readonly band: string;
  readonly focus: string;
  readonly status: Readonly<Record<Status, string>>;
  /** High-contrast themes want outlines and no translucent fills. */
  readonly highContrast: boolean;
  readonly font: string;
}
