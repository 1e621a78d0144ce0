import { formatDay } from '../../base/day';
import { counted } from '../../base/figures';
import { defineCommand } from '../command';
import { origin, readCoverage } from '../coverageState';
import { EXIT, usageError } from '../exitCodes';
import { openPipeline } from '../manifestFile';
import { missingEntities, referenceFor } from '../missingEntities';
import { FORMAT_OPTION, MANIFEST_OPTION, MODE_OPTION, processorOf, REFRESH_OPTION } from '../sharedOptions';
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
    const reference = referenceFor(open.pipeline, state.grid, node, day);
    if (reference === undefined) {
      throw usageError(
        `There is nothing to compare ${id} with: no date of it is complete, and it needs nothing that has its entities.`,
      );
    }
    const found = await missingEntities(open.session.warehouse(), node, day, reference);
    const { missing, have, expected } = found;
    const rows = missing.map((name) => [id, date, name]);
    const comparedWith = `${reference.node.id} ${formatDay(reference.day)}`;
    switch (options.format) {
      case 'json':
        terminal.print(
          JSON.stringify(
            {
              ...origin(state),
              processor: id,
              date,
              comparedWith: { node: reference.node.id, date: formatDay(reference.day) },
              entities: have,
              expected,
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
          `${id} ${date} has ${counted(have, 'entity', 'entities')}; ${comparedWith} has ${expected}. ${missing.length === 0 ? 'None is missing.' : `${missing.length} missing:`}`,
        );
        for (const name of missing) terminal.print(`  ${plain(name)}`);
    }
    return missing.length === 0 ? EXIT.fine : EXIT.gaps;
  },
});
