import { STATUSES, type Status } from '../../src/base/status';
import type { Palette } from '../../webview/shared/palette';

/** Colours that say what they are, so that a test can tell what was drawn with which. */
export const palette: Palette = {
  background: 'bg',
  foreground: 'fg',
  muted: 'muted',
  border: 'border',
  band: 'band',
  focus: 'focus',
  status: Object.fromEntries(STATUSES.map((status) => [status, `color-${status}`])) as Record<Status, string>,
  highContrast: false,
  font: 'sans-serif',
};
