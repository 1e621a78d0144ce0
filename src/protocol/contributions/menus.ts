import type { CommandId } from './commands';
import { MATRIX_VIEW_TYPE } from './ids';
import { node } from './nodeContexts';
import { HAS_MANIFEST, LOG_IN_FRONT, MANY_PIPELINES, PLAN_DELETES, PLAN_IN_FRONT, TRUSTED } from './whenClauses';

export interface MenuItem {
  readonly command: CommandId;
  readonly when: string;
  readonly group: string;
}

const COVERAGE = 'view == backfill.coverage';
const BACKFILLS = 'view == backfill.backfills';
const FAILURES = 'view == backfill.failures';
const MATRIX = `webviewId == '${MATRIX_VIEW_TYPE}'`;
const MATRIX_PARTITION = `${MATRIX} && webviewSection == 'partition'`;
const READY = `backfill.engine == ready && ${TRUSTED}`;

export const MENUS: Readonly<Record<string, readonly MenuItem[]>> = {
  'view/title': [
    { command: 'backfill.fillGaps', when: `${COVERAGE} && ${READY}`, group: 'navigation@1' },
    { command: 'backfill.openMatrix', when: `${COVERAGE} && ${READY}`, group: 'navigation@2' },
    { command: 'backfill.refresh', when: `${COVERAGE} && ${READY}`, group: 'navigation@3' },
    { command: 'backfill.openTiming', when: `${COVERAGE} && ${READY}`, group: '1_run@3' },
    { command: 'backfill.filterCoverage', when: `${COVERAGE} && ${READY} && !backfill.filtered`, group: 'navigation@4' },
    { command: 'backfill.clearFilter', when: `${COVERAGE} && backfill.filtered`, group: 'navigation@4' },
    { command: 'backfill.groupCoverage', when: `${COVERAGE} && ${READY}`, group: '0_show@1' },
    { command: 'backfill.filterCoverage', when: `${COVERAGE} && ${READY} && backfill.filtered`, group: '0_show@2' },
    { command: 'backfill.launch', when: `${COVERAGE} && ${READY}`, group: '1_run@1' },
    { command: 'backfill.writeReport', when: `${COVERAGE} && ${READY}`, group: '1_run@2' },
    { command: 'backfill.selectMode', when: `${COVERAGE} && ${HAS_MANIFEST}`, group: '2_pipeline@1' },
    { command: 'backfill.openManifest', when: `${COVERAGE} && ${HAS_MANIFEST}`, group: '2_pipeline@2' },
    { command: 'backfill.selectPipeline', when: `${COVERAGE} && ${MANY_PIPELINES}`, group: '2_pipeline@3' },
    { command: 'backfill.restartEngine', when: `${COVERAGE} && ${HAS_MANIFEST}`, group: '3_engine@1' },
    { command: 'backfill.showLog', when: COVERAGE, group: '3_engine@2' },
    { command: 'backfill.launch', when: `${BACKFILLS} && ${READY}`, group: 'navigation@1' },
    { command: 'backfill.refresh', when: `${FAILURES} && ${READY}`, group: 'navigation@1' },
  ],
  'view/item/context': [
    { command: 'backfill.explain', when: node(['partition']), group: 'inline@1' },
    { command: 'backfill.openLog', when: node(['partition', 'backfill'], 'log'), group: 'inline@2' },
    {
      command: 'backfill.fillGaps',
      when: node(['phase', 'season', 'rootCause', 'shown', 'processor', 'month'], 'gap'),
      group: 'inline@1',
    },
    {
      command: 'backfill.launch',
      when: node(['processor', 'month', 'partition', 'finding', 'cause'], 'runnable'),
      group: 'inline@3',
    },
    { command: 'backfill.openMatrix', when: node(['phase', 'season', 'processor', 'source']), group: 'inline@4' },
    { command: 'backfill.attach', when: node(['backfill']), group: 'inline@1' },
    { command: 'backfill.resume', when: node(['backfill', 'pause'], 'resumable'), group: 'inline@3' },
    { command: 'backfill.pause', when: node(['backfill'], 'pausable'), group: 'inline@3' },
    { command: 'backfill.cancel', when: node(['backfill', 'pause'], 'active'), group: 'inline@4' },
    { command: 'backfill.openLog', when: node(['silent']), group: 'inline@1' },
    { command: 'backfill.keepWaiting', when: node(['silent'], 'waitable'), group: 'inline@2' },
    { command: 'backfill.endJob', when: node(['silent']), group: 'inline@3' },
    { command: 'backfill.explain', when: node(['partition']), group: '1_look@1' },
    { command: 'backfill.openLog', when: node(['partition', 'backfill'], 'log'), group: '1_look@2' },
    {
      command: 'backfill.openMatrix',
      when: node(['phase', 'season', 'processor', 'source', 'month', 'partition']),
      group: '1_look@3',
    },
    {
      command: 'backfill.findInLogs',
      when: node(['phase', 'season', 'processor', 'month', 'partition', 'backfill', 'cause']),
      group: '1_look@4',
    },
    { command: 'backfill.openTiming', when: node(['processor', 'partition', 'backfill', 'growth']), group: '1_look@5' },
    { command: 'backfill.openTiming', when: node(['growth']), group: 'inline@1' },
    { command: 'backfill.impact', when: node(['processor', 'source', 'month', 'partition']), group: '1_look@6' },
    { command: 'backfill.clean', when: node(['processor', 'month', 'partition'], 'runnable'), group: '4_delete@1' },
    { command: 'backfill.waive', when: node(['processor', 'source', 'month', 'partition'], 'waivable'), group: '3_accept@1' },
    {
      command: 'backfill.removeWaiver',
      when: node(['processor', 'source', 'month', 'partition'], 'waived'),
      group: '3_accept@2',
    },
    {
      command: 'backfill.fillGaps',
      when: node(['phase', 'season', 'rootCause', 'shown', 'processor', 'month'], 'gap'),
      group: '2_run@1',
    },
    {
      command: 'backfill.launch',
      when: node(['processor', 'month', 'partition', 'finding', 'cause'], 'runnable'),
      group: '2_run@2',
    },
    { command: 'backfill.attach', when: node(['backfill']), group: '2_run@3' },
    { command: 'backfill.resume', when: node(['backfill', 'pause'], 'resumable'), group: '2_run@4' },
    { command: 'backfill.pause', when: node(['backfill'], 'pausable'), group: '2_run@4' },
    { command: 'backfill.cancel', when: node(['backfill', 'pause'], 'active'), group: '2_run@5' },
    { command: 'backfill.cancel', when: node(['backfill'], 'cut'), group: '2_run@5' },
    { command: 'backfill.openLog', when: node(['silent']), group: '1_look@1' },
    { command: 'backfill.keepWaiting', when: node(['silent'], 'waitable'), group: '2_run@1' },
    { command: 'backfill.endJob', when: node(['silent', 'backfill'], 'active'), group: '2_run@6' },
  ],
  'webview/context': [
    { command: 'backfill.launch', when: MATRIX_PARTITION, group: '1_run@1' },
    { command: 'backfill.matrixSelectCause', when: MATRIX_PARTITION, group: '1_run@2' },
    { command: 'backfill.explain', when: MATRIX_PARTITION, group: '2_look@1' },
    { command: 'backfill.openLog', when: MATRIX_PARTITION, group: '2_look@2' },
    { command: 'backfill.impact', when: MATRIX_PARTITION, group: '2_look@3' },
    { command: 'backfill.showInTree', when: MATRIX_PARTITION, group: '2_look@4' },
    { command: 'backfill.waive', when: MATRIX_PARTITION, group: '3_accept@1' },
    { command: 'backfill.matrixCopyMarkdown', when: MATRIX, group: '4_copy@1' },
    { command: 'backfill.matrixCopyCsv', when: MATRIX, group: '4_copy@2' },
    { command: 'backfill.matrixExportPng', when: MATRIX, group: '4_copy@3' },
  ],
  'editor/title': [
    { command: 'backfill.runPlan', when: `${PLAN_IN_FRONT} && !${PLAN_DELETES}`, group: 'navigation@1' },
    { command: 'backfill.deletePlanned', when: `${PLAN_IN_FRONT} && ${PLAN_DELETES}`, group: 'navigation@1' },
    { command: 'backfill.goToLogEnd', when: LOG_IN_FRONT, group: 'navigation@1' },
  ],
};
