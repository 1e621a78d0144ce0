// Writes what package.json contributes from src/protocol/contributions.ts; with --check it only compares.
import { readFileSync, writeFileSync } from 'node:fs';
import * as esbuild from 'esbuild';

const { outputFiles } = await esbuild.build({
  entryPoints: ['src/protocol/contributions.ts'],
  bundle: true,
  format: 'esm',
  write: false,
});
const source = await import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`);
const file = new URL('../package.json', import.meta.url);

/** The same object without the keys that have no value. */
function compact(object) {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}

const commands = Object.entries(source.COMMANDS);
const generated = {
  categories: source.CATEGORIES,
  icon: 'media/icon.png',
  extensionKind: ['workspace'],
  activationEvents: source.ACTIVATION_EVENTS,
  capabilities: source.CAPABILITIES,
  contributes: {
    commands: commands.map(([command, { title, icon, enablement }]) =>
      compact({ command, title, category: source.CATEGORY, icon, enablement }),
    ),
    viewsContainers: { activitybar: [source.VIEW_CONTAINER] },
    views: {
      [source.VIEW_CONTAINER.id]: Object.entries(source.VIEWS).map(([id, view]) => ({
        id,
        ...view,
        icon: source.VIEW_CONTAINER.icon,
        contextualTitle: 'Backfill Explorer',
      })),
    },
    viewsWelcome: source.WELCOME,
    walkthroughs: [
      {
        ...source.WALKTHROUGH,
        steps: source.WALKTHROUGH_STEPS.map(({ picture, altText, ...step }) => ({
          ...step,
          media: { image: `media/walkthrough/${picture}.png`, altText },
        })),
      },
    ],
    menus: {
      ...source.MENUS,
      commandPalette: commands
        .filter(([, { palette }]) => palette !== undefined)
        .map(([command, { palette }]) => ({ command, when: palette })),
    },
    languages: source.LANGUAGES,
    grammars: source.GRAMMARS,
    semanticTokenTypes: Object.entries(source.LOG_TOKEN_TYPES).map(([id, { description }]) => ({ id, description })),
    semanticTokenScopes: [
      {
        language: source.LOG_LANGUAGE,
        scopes: Object.fromEntries(Object.entries(source.LOG_TOKEN_TYPES).map(([id, { scopes }]) => [id, scopes])),
      },
    ],
    configuration: { title: 'Backfill Explorer', properties: source.SETTINGS },
    configurationDefaults: source.CONFIGURATION_DEFAULTS,
  },
};

const written = readFileSync(file, 'utf8');
const wanted = `${JSON.stringify({ ...JSON.parse(written), ...generated }, undefined, 2)}\n`;
if (!process.argv.includes('--check')) writeFileSync(file, wanted);
else if (written !== wanted) {
  console.error('package.json differs from src/protocol/contributions.ts. Run `npm run contributions`.');
  process.exitCode = 1;
}
