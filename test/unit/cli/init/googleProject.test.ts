import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findGoogleProject, variablesIn } from '../../../../src/cli/init/googleProject';
import { useTemporaryFolder } from '../../../support/temporaryFolder';

describe("BigQuery's project of a folder", () => {
  const folder = useTemporaryFolder();
  const gcloud = () => join(folder(), 'gcloud');
  const find = (env: Record<string, string> = {}) => findGoogleProject(folder(), { CLOUDSDK_CONFIG: gcloud(), ...env });

  function configure(name: string, text: string): void {
    mkdirSync(join(gcloud(), 'configurations'), { recursive: true });
    writeFileSync(join(gcloud(), 'configurations', `config_${name}`), text);
  }

  it('is unknown where nothing names one', async () => {
    assert.equal(await find(), undefined);
    assert.equal(await find({ GCP_PROJECT_ID: '' }), undefined);
    assert.equal(await find({ GCP_PROJECT_ID: 'no project; at all' }), undefined);
  });

  it('is the one of the environment, else of .env, else of the configuration that is active', async () => {
    configure('default', '[core]\naccount = a@b.c\nproject = from-gcloud\n[compute]\nregion = x\n');
    configure('work', '[compute]\nproject = none-of-it\n\n[core]\nproject=from-work\n');
    assert.deepEqual(await find(), { project: 'from-gcloud', from: "gcloud's configuration" });
    writeFileSync(join(gcloud(), 'active_config'), 'work\n');
    assert.deepEqual(await find(), { project: 'from-work', from: "gcloud's configuration" });
    writeFileSync(
      join(folder(), '.env'),
      '# export X=1\nexport GOOGLE_CLOUD_PROJECT="from-dotenv"\nBQ_LOCATION=us-west2 # west\n',
    );
    assert.deepEqual(await find(), { project: 'from-dotenv', from: '.env', location: 'us-west2' });
    assert.deepEqual(await find({ GCP_PROJECT_ID: 'from-env', BQ_LOCATION: 'EU' }), {
      project: 'from-env',
      from: 'GCP_PROJECT_ID',
      location: 'EU',
    });
  });

  it('is reached at an emulator where the environment names one', async () => {
    const found = await find({ GCP_PROJECT_ID: 'from-env', BIGQUERY_EMULATOR_HOST: '127.0.0.1:9050' });
    assert.equal(found?.endpoint, 'http://127.0.0.1:9050');
  });

  it('is read from .env as shells write it', () => {
    assert.deepEqual(
      [...variablesIn('A=1\nexport B=\'two words\'\nC = "x#y" # z\n#D=4\nE=\n=5\n')],
      [
        ['A', '1'],
        ['B', 'two words'],
        ['C', 'x#y'],
        ['E', ''],
      ],
    );
  });
});
