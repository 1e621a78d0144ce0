import { origin } from '../../app/session/coverageOrigin';
import { type Day, formatDay } from '../../base/day';
import { counted } from '../../base/figures';
import { entityComparison, missingEntities } from '../../core/coverage/missingEntities';
import type { PipelineNode } from '../../core/pipeline';
import { refText } from '../../core/words';
import { defineCommand } from '../command';
import { readCoverage } from '../coverageState';
import { EXIT, usageError } from '../exitCodes';
import { openPipeline } from '../manifestFile';
import { FORMAT_OPTION, MANIFEST_OPTION, MODE_OPTION, nodeOf, processorOf, REFRESH_OPTION } from '../sharedOptions';
import { csv, markdownTable } from '../table';
import { plain } from '../textWidth';
import { dateOperand, PARTITION_OPERANDS } from './explain';

export const missingEntitiesCommand = defineCommand({
  name: 'missing-entities',
  summary: 'Name the entities that one partition lacks',
  details:
    'A processor that expects a fixed number of entities is compared with its nearest complete date, any other one with an upstream of the same date that has the same entity columns.',
  operands: PARTITION_OPERANDS,
  options: { ...MANIFEST_OPTION, ...MODE_OPTION, ...FORMAT_OPTION, ...REFRESH_OPTION },
  examples: ['backfill missing-entities TDZA 2021-11-29'],
  async run(context, options, [id = '', date = '']) {
    const { terminal } = context;
    const day = dateOperand(date);
    const open = await openPipeline(context, options);
    const node = processorOf(open.pipeline, id);
    if (node.entity.length === 0)
      throw usageError(`${id} declares no entity in the manifest: say with 'entity' which columns name one.`);
    const state = await readCoverage(context, open, options.refresh);
    const comparison = entityComparison(state.input, state.grid, node.index, day);
    if (comparison === undefined) {
      throw usageError(
        `There is nothing to compare ${id} ${date} with: no date of it is complete, and it needs nothing that has its entities.`,
      );
    }
    const { reference } = comparison;
    const warehouse = open.session.warehouse();
    const namesOf = async (of: PipelineNode, on: Day) => (await warehouse.entities(of, [on])).get(on) ?? [];
    const own = await namesOf(node, day);
    const wanted = await namesOf(nodeOf(open.pipeline, reference.node), reference.day);
    const missing = missingEntities(own, wanted);
    const rows = missing.map((name) => [id, date, name]);
    switch (options.format) {
      case 'json':
        terminal.print(
          JSON.stringify(
            {
              ...origin(state, { processors: [node.index], from: day, to: day }),
              processor: id,
              date,
              comparedWith: { node: reference.node, date: formatDay(reference.day) },
              entities: own.length,
              expected: wanted.length,
              missing,
            },
            null,
            2,
          ),
        );
        break;
      case 'csv':
        terminal.print(csv(['processor', 'date', 'entity'], rows));
        break;
      case 'md':
        terminal.print(markdownTable([{ title: 'Processor' }, { title: 'Date' }, { title: 'Missing entity' }], rows));
        break;
      case 'table':
      case undefined:
        terminal.print(
          `${id} ${date} has ${counted(own.length, 'entity', 'entities')}, ${refText(reference)} has ${wanted.length}. ${missing.length === 0 ? 'None is missing.' : `${missing.length} missing:`}`,
        );
        for (const name of missing) terminal.print(`  ${plain(name)}`);
    }
    return missing.length === 0 ? EXIT.fine : EXIT.gaps;
  },
});
