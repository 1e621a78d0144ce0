import type { Palette } from '../shared/palette';

/** The colour of each stage; what a date takes beside its stages is muted. */
export function stageColor({ status, muted }: Palette, stage: number): string {
  const colors = [status.running, status.complete, status.blocked, status.suspect, status.partial];
  return colors[stage % colors.length] ?? muted;
}
