import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { BigqueryClient } from '../../../../src/adapters/bigquery/client';
import type { WarehouseError } from '../../../../src/app/ports';
import { ScriptedBigquery } from '../../../support/scriptedBigquery';
import { useTemporaryFolder } from '../../../support/temporaryFolder';

const LOGIN = 'run `gcloud auth application-default login`';
const VARIABLES = ['HOME', 'APPDATA', 'GOOGLE_APPLICATION_CREDENTIALS', 'GCE_METADATA_HOST', 'BIGQUERY_EMULATOR_HOST'] as const;

describe('Signing in to BigQuery', () => {
  let before: Partial<Record<string, string>>;
  const folder = useTemporaryFolder();
  /** Stands for the metadata server of Google's machines, or for its token server. */
  let other: Server;
  let answer: { readonly status: number; readonly body: string } | 'silence';

  beforeEach(async () => {
    before = Object.fromEntries(VARIABLES.map((name) => [name, process.env[name]]));
    for (const name of VARIABLES) delete process.env[name];
    process.env['HOME'] = folder();
    process.env['APPDATA'] = folder();
    answer = 'silence';
    other = createServer((_, response) => {
      if (answer !== 'silence') response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
    });
    await new Promise<void>((done) => other.listen(0, '127.0.0.1', done));
    process.env['GCE_METADATA_HOST'] = address();
  });
  afterEach(async () => {
    for (const name of VARIABLES) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
    other.closeAllConnections();
    await new Promise((done) => other.close(done));
  });

  const address = () => `127.0.0.1:${(other.address() as AddressInfo).port}`;

  function credentials(content: object): void {
    const file = join(folder(), 'key.json');
    writeFileSync(file, JSON.stringify(content));
    process.env['GOOGLE_APPLICATION_CREDENTIALS'] = file;
  }

  const userOfATokenServer = () => ({
    type: 'external_account_authorized_user',
    audience: '//iam.googleapis.com/locations/global/workforcePools/p/providers/q',
    client_id: 'id',
    client_secret: 'secret',
    refresh_token: 'token',
    token_url: `http://${address()}/token`,
  });

  async function refusal(signInMs: number): Promise<WarehouseError & { readonly seconds: number }> {
    const began = performance.now();
    const client = new BigqueryClient({ type: 'bigquery', project: 'p' }, { signInMs, pause: () => Promise.resolve() });
    const error = await client.location('nba.pdc').then(
      () => assert.fail('it went well'),
      (thrown: WarehouseError) => thrown,
    );
    return Object.assign(error, { seconds: (performance.now() - began) / 1000 });
  }

  it('is missed in time, although the library would go on looking', async () => {
    const { kind, message, seconds } = await refusal(300);
    assert.equal(kind, 'signIn');
    assert.equal(message, `Nobody is signed in to Google Cloud on this machine: ${LOGIN} and refresh.`);
    assert.ok(seconds < 5, `${seconds} s`);
  });

  it('that has expired is to be renewed', async () => {
    credentials(userOfATokenServer());
    answer = { status: 400, body: '{"error": "invalid_grant", "error_description": "Token has been expired or revoked."}' };
    const { kind, message } = await refusal(5_000);
    assert.equal(kind, 'signIn');
    assert.equal(message, `The sign-in to Google Cloud has expired or was revoked: ${LOGIN} again and refresh.`);
  });

  it('that is not answered is the network', async () => {
    credentials(userOfATokenServer());
    const { kind, message, seconds } = await refusal(300);
    assert.ok(seconds < 5, `${seconds} s`);
    assert.equal(kind, 'unreachable');
    assert.match(message, /^BigQuery cannot be reached \(ETIMEDOUT\): check the network/);
  });

  it('with a key file that is not there names what to correct', async () => {
    process.env['GOOGLE_APPLICATION_CREDENTIALS'] = join(folder(), 'gone.json');
    const { kind, message } = await refusal(5_000);
    assert.equal(kind, 'signIn');
    assert.match(message, /^The credentials that GOOGLE_APPLICATION_CREDENTIALS names cannot be used \(.*gone\.json/);
  });

  it('with a file that is no key names what to correct', async () => {
    credentials({ hello: 'world' });
    const { kind, message } = await refusal(5_000);
    assert.equal(kind, 'signIn');
    assert.match(message, /^The credentials that GOOGLE_APPLICATION_CREDENTIALS names cannot be used \(/);
  });

  describe('to an emulator', () => {
    let server: ScriptedBigquery;

    beforeEach(async () => {
      server = await ScriptedBigquery.start();
      server.datasets.set('p.nba', { location: 'us-west2' });
    });
    afterEach(() => server.stop());

    it('is not needed, and sends no credentials', async () => {
      credentials(userOfATokenServer());
      answer = { status: 200, body: '{"access_token": "a secret", "expires_in": 3600}' };
      assert.equal(await server.client().location('nba.pdc'), 'us-west2');
      assert.equal(server.requests[0]?.headers.authorization, undefined);
    });

    it('never goes where BIGQUERY_EMULATOR_HOST points, and says so once', async () => {
      process.env['BIGQUERY_EMULATOR_HOST'] = `http://${address()}`;
      const warnings: string[] = [];
      const client = server.client({ logger: { warn: (message) => warnings.push(message) } });
      assert.equal(await client.location('nba.pdc'), 'us-west2');
      await client.datasets();
      assert.equal(warnings.length, 1);
      assert.match(warnings[0] ?? '', /^BIGQUERY_EMULATOR_HOST is set in the environment and has no effect here/);
    });
  });
});
