import { BigqueryWriter } from '../../../src/adapters/bigquery/bigqueryWriter';
import { BigqueryClient } from '../../../src/adapters/bigquery/client';
import { BigquerySql } from '../../support/bigquerySql';
import { type WriterFixture, writerContract } from './writerContract';

describe('A writer of BigQuery', function () {
  this.timeout(60_000);
  let projects = 0;
  let fixture: WriterFixture;

  beforeEach(async () => {
    const endpoint = process.env['BQ_ENDPOINT'] ?? '';
    const project = `writer-${process.pid}-${projects++}`;
    const sql = new BigquerySql(endpoint, project);
    await sql.makeDataset('mart');
    fixture = {
      writer: new BigqueryWriter(new BigqueryClient({ type: 'bigquery', project, endpoint })),
      run: (...statements) => sql.run(...statements),
      rows: (text) => sql.rows(text),
    };
  });

  writerContract(() => fixture);
});
