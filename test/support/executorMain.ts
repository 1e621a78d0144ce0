import { executorSignals } from '../../src/adapters/process/executorSignals';
import { executeBackfill } from '../../src/app/execution/executeBackfill';
import { ExecutionFixture } from './execution';

/** An executor's process for the pipeline of a folder: `executorMain.js FOLDER ID [REQUEST]`, the request as JSON. */
const [folder = '', id = '', request = '{}'] = process.argv.slice(2);
executeBackfill(id, new ExecutionFixture(folder).deps(), executorSignals(), JSON.parse(request)).catch((thrown: unknown) => {
  console.error(thrown);
  process.exitCode = 1;
});
