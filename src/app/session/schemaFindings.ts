import { todayOf } from '../../core/coverage/calendar';
import { checkSchema } from '../../core/schemaCheck/checkSchema';
import type { SchemaFinding } from '../../core/schemaCheck/finding';
import type { Clock } from '../ports';
import type { PipelineSession } from './pipelineSession';

/**
 * Where the last good manifest of a session and the tables that it names contradict each other now. Only metadata are read.
 * Rejects with a WarehouseError where they cannot be.
 */
export async function schemaFindings(session: PipelineSession, clock: Clock): Promise<readonly SchemaFinding[]> {
  const { pipeline } = session;
  if (pipeline === undefined) return [];
  const schemas = await session.warehouse().schema(pipeline);
  return checkSchema(pipeline, schemas, todayOf(pipeline.due, clock.now()));
}
