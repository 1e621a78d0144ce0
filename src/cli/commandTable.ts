import type { Command } from './command';
import { attachCommand } from './commands/attach';
import { cancelCommand } from './commands/cancel';
import { checkCommand } from './commands/check';
import { cleanCommand } from './commands/clean';
import { coverageCommand } from './commands/coverage';
import { executeCommand } from './commands/execute';
import { explainCommand } from './commands/explain';
import { failuresCommand } from './commands/failures';
import { gapsCommand } from './commands/gaps';
import { impactCommand } from './commands/impact';
import { initCommand } from './commands/init';
import { logsCommand } from './commands/logs';
import { missingEntitiesCommand } from './commands/missingEntities';
import { pauseCommand } from './commands/pause';
import { planCommand } from './commands/plan';
import { reportCommand } from './commands/report';
import { resumeCommand } from './commands/resume';
import { runCommand } from './commands/run';
import { runsCommand } from './commands/runs';
import { sqlCommand } from './commands/sql';
import { timingCommand } from './commands/timing';
import { waiveCommand } from './commands/waive';

/** Every command, in the order in which help lists them. */
export const COMMANDS: readonly Command[] = [
  initCommand,
  checkCommand,
  coverageCommand,
  gapsCommand,
  explainCommand,
  missingEntitiesCommand,
  failuresCommand,
  reportCommand,
  planCommand,
  runCommand,
  attachCommand,
  pauseCommand,
  resumeCommand,
  cancelCommand,
  runsCommand,
  logsCommand,
  timingCommand,
  impactCommand,
  cleanCommand,
  waiveCommand,
  sqlCommand,
  executeCommand,
];
