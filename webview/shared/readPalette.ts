import type { Status } from '../../src/base/status';
import type { Palette } from './palette';

/** VS Code's tokens and what stands in where a theme lacks one. */
const TOKENS: Readonly<Record<Status, readonly [string, string]>> = {
  off: ['--vscode-descriptionForeground', 'gray'],
  running: ['--vscode-charts-blue', 'dodgerblue'],
  queued: ['--vscode-charts-blue', 'dodgerblue'],
  // Not charts.orange: themes make it as dim as the marks of the minimap.
  blocked: ['--vscode-symbolIcon-classForeground', 'orange'],
  failed: ['--vscode-charts-red', 'red'],
  missing: ['--vscode-charts-red', 'red'],
  suspect: ['--vscode-charts-purple', 'purple'],
  partial: ['--vscode-charts-yellow', 'gold'],
  stale: ['--vscode-charts-green', 'green'],
  complete: ['--vscode-charts-green', 'green'],
  unknown: ['--vscode-descriptionForeground', 'gray'],
};

/** Reads the theme from the document. */
export function readPalette(body: HTMLElement): Palette {
  const style = getComputedStyle(body);
  const token = (name: string, fallback: string): string => style.getPropertyValue(name).trim() || fallback;
  const highContrast = body.classList.contains('vscode-high-contrast') || body.classList.contains('vscode-high-contrast-light');
  const status = Object.fromEntries(
    Object.entries(TOKENS).map(([word, [name, fallback]]) => [word, token(name, fallback)]),
  ) as Record<Status, string>;
  const foreground = token('--vscode-foreground', 'black');
  return {
    background: token('--vscode-editor-background', 'white'),
    foreground,
    muted: token('--vscode-descriptionForeground', 'gray'),
    border: highContrast
      ? token('--vscode-contrastBorder', foreground)
      : token('--vscode-editorWidget-border', token('--vscode-panel-border', 'lightgray')),
    band: token('--vscode-sideBar-background', 'transparent'),
    focus: token('--vscode-focusBorder', 'dodgerblue'),
    status,
    highContrast,
    font: token('--vscode-font-family', 'sans-serif'),
  };
}
