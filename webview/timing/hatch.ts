/** Lines and dots over a colour, so that stages are told without it. */
export const HATCHES = ['none', 'rising', 'dots', 'across', 'falling', 'upright', 'grid'] as const;
export type Hatch = (typeof HATCHES)[number];

export const TILE = 6;

/** What to stroke in a tile, as SVG paths do it. */
export const HATCH_PATHS: Readonly<Record<Hatch, string>> = {
  none: '',
  rising: 'M-1,1 l2,-2 M0,6 l6,-6 M5,7 l2,-2',
  dots: 'M1,2 h2 M4,5 h2',
  across: 'M0,3 h6',
  falling: 'M-1,5 l2,2 M0,0 l6,6 M5,-1 l2,2',
  upright: 'M3,0 v6',
  grid: 'M0,3 h6 M3,0 v6',
};

export function hatchOf(stage: number): Hatch {
  return HATCHES[stage % HATCHES.length] ?? 'none';
}
