import { CATEGORY, COMMANDS, type CommandContribution } from './commands';
import { LOG_LANGUAGE, LOG_SCHEME, MANIFEST_NAME, MATRIX_VIEW_TYPE, TIMING_VIEW_TYPE } from './ids';
import { GRAMMARS, LANGUAGES, LOG_TOKEN_TYPES } from './logLanguage';
import { MENUS } from './menus';
import { CONFIGURATION_DEFAULTS, SETTINGS } from './settings';
import { VIEW_CONTAINER, VIEWS } from './views';
import { WALKTHROUGH, WALKTHROUGH_STEPS } from './walkthrough';
import { WELCOME } from './welcome';

/**
 * Plain file names: a pattern with `**` is a search that VS Code cuts off, after which nothing is activated.
 * Views and commands activate by themselves.
 */
const ACTIVATION_EVENTS = [
  `workspaceContains:${MANIFEST_NAME}`,
  'workspaceContains:.backfill',
  `onWebviewPanel:${MATRIX_VIEW_TYPE}`,
  `onWebviewPanel:${TIMING_VIEW_TYPE}`,
  `onFileSystem:${LOG_SCHEME}`,
] as const;

const CAPABILITIES = {
  untrustedWorkspaces: {
    supported: 'limited',
    description:
      'A manifest names databases and commands of its repository: until the workspace is trusted it is only checked for mistakes.',
    restrictedConfigurations: ['backfill.manifest'],
  },
  virtualWorkspaces: { supported: false, description: 'The engine reads files and databases of a real folder.' },
} as const;

const CATEGORIES = ['Data Science', 'Visualization', 'Other'] as const;

const commands: readonly (readonly [id: string, command: CommandContribution])[] = Object.entries(COMMANDS);

/** What package.json says of the extension; `npm run contributions` writes it there, and a test compares. */
export const PACKAGE_JSON = {
  categories: CATEGORIES,
  icon: 'media/icon.png',
  extensionKind: ['workspace'],
  activationEvents: ACTIVATION_EVENTS,
  capabilities: CAPABILITIES,
  contributes: {
    commands: commands.map(([command, { title, icon, enablement }]) => ({
      command,
      title,
      category: CATEGORY,
      ...(icon !== undefined && { icon }),
      ...(enablement !== undefined && { enablement }),
    })),
    viewsContainers: { activitybar: [VIEW_CONTAINER] },
    views: {
      [VIEW_CONTAINER.id]: Object.entries(VIEWS).map(([id, view]) => ({
        id,
        ...view,
        icon: VIEW_CONTAINER.icon,
        contextualTitle: 'Backfill Explorer',
      })),
    },
    viewsWelcome: WELCOME,
    walkthroughs: [
      {
        ...WALKTHROUGH,
        steps: WALKTHROUGH_STEPS.map(({ picture, altText, ...step }) => ({
          ...step,
          media: { image: `media/walkthrough/${picture}.png`, altText },
        })),
      },
    ],
    menus: {
      ...MENUS,
      commandPalette: commands.flatMap(([command, { palette }]) => (palette === undefined ? [] : [{ command, when: palette }])),
    },
    languages: LANGUAGES,
    grammars: GRAMMARS,
    semanticTokenTypes: Object.entries(LOG_TOKEN_TYPES).map(([id, { description }]) => ({ id, description })),
    semanticTokenScopes: [
      {
        language: LOG_LANGUAGE,
        scopes: Object.fromEntries(Object.entries(LOG_TOKEN_TYPES).map(([id, { scopes }]) => [id, scopes])),
      },
    ],
    configuration: { title: 'Backfill Explorer', properties: SETTINGS },
    configurationDefaults: CONFIGURATION_DEFAULTS,
  },
};
