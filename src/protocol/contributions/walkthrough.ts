export interface WalkthroughStep {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly completionEvents: readonly string[];
  /** `media/walkthrough/NAME.png`, made by `npm run pictures`. */
  readonly picture: string;
  /** What the picture shows. */
  readonly altText: string;
}

export const WALKTHROUGH = {
  id: 'start',
  title: 'From a Gap to a Complete Date',
  description: 'See what your pipeline lacks and why, and fill it.',
} as const;

export const WALKTHROUGH_STEPS: readonly WalkthroughStep[] = [
  {
    id: 'manifest',
    title: 'Describe the pipeline',
    description:
      'One file, `backfill.yaml`, names the tables, what each needs of the others, and how it is run. A draft is made from what is in the folder.\n[Create a Manifest](command:backfill.init)',
    completionEvents: ['onCommand:backfill.init', 'onContext:backfill.hasManifest'],
    picture: 'manifest',
    altText: 'A manifest in the editor',
  },
  {
    id: 'coverage',
    title: 'Read the coverage',
    description:
      'The sidebar tells of each processor and date whether it is complete, and else what it lacks. Grouped by root cause, what to mend first comes first.\n[Group Coverage By…](command:backfill.groupCoverage)\n[Filter Coverage…](command:backfill.filterCoverage)',
    completionEvents: ['onView:backfill.coverage'],
    picture: 'coverage',
    altText: 'The Coverage view, grouped by root cause: each cause with its gaps and what mends it',
  },
  {
    id: 'explain',
    title: 'Explain a gap',
    description:
      'Why a date is missing, blocked or suspect, what it waits for, and what was tried.\n[Explain This Date](command:backfill.explain)',
    completionEvents: ['onCommand:backfill.explain'],
    picture: 'explanation',
    altText: 'The explanation of a blocked date, with its root cause',
  },
  {
    id: 'fill',
    title: 'Fill it',
    description:
      'The plan shows the exact dates, how long they take and what is skipped. Nothing runs before you confirm it, and it goes on when the window is closed.\n[Fill Gaps…](command:backfill.fillGaps)',
    completionEvents: ['onCommand:backfill.fillGaps', 'onCommand:backfill.launch'],
    picture: 'plan',
    altText: 'A plan of two dates, with the question whether to run it',
  },
  {
    id: 'matrix',
    title: 'See all dates at once',
    description:
      'Processors by dates: the holes and their causes in one picture. **N** goes to the next gap, **1**, **2** and **3** show days, weeks and months. What you select there is what is launched.\n[Open Gap Matrix](command:backfill.openMatrix)',
    completionEvents: ['onCommand:backfill.openMatrix'],
    picture: 'matrix',
    altText: 'The gap matrix: the gaps of one cause are outlined from the root to the last that waits for it',
  },
  {
    id: 'logs',
    title: 'Read the logs',
    description:
      'The log of a date or of a whole backfill in an editor: it follows while it grows, and each date is a section that says how it ended.\n[Open Log](command:backfill.openLog)',
    completionEvents: ['onCommand:backfill.openLog', 'onCommand:backfill.findInLogs'],
    picture: 'log',
    altText: 'The log of a backfill of four dates: three succeeded, and the error of the one that failed is underlined',
  },
  {
    id: 'timing',
    title: 'Find what got slower',
    description:
      'Stages by date, what stands out, and how long the dates left will take.\n[Open Timing](command:backfill.openTiming)',
    completionEvents: ['onCommand:backfill.openTiming'],
    picture: 'timing',
    altText: 'The stages of a processor by date; the date since which extracting takes longer is marked',
  },
  {
    id: 'report',
    title: 'Hand it over',
    description:
      'A document for whoever takes over: what changed, what is missing and why, and the command that mends it.\n[Write Handoff Report…](command:backfill.writeReport)',
    completionEvents: ['onCommand:backfill.writeReport'],
    picture: 'report',
    altText: 'A handoff report',
  },
];
