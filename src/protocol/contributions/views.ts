export const VIEW_CONTAINER = { id: 'backfill', title: 'Backfill', icon: 'media/backfill.svg' } as const;

/** Sizes share out the sidebar when it is shown for the first time. */
export const VIEWS = {
  'backfill.coverage': { name: 'Coverage', initialSize: 3 },
  'backfill.backfills': { name: 'Backfills', initialSize: 1 },
  'backfill.failures': { name: 'Failures', initialSize: 1 },
} as const;
export type ViewId = keyof typeof VIEWS;
