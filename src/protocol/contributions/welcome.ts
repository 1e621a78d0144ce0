import type { ViewId } from './views';

/** Shown where a view has nothing else to show; a failure with a last good view is a node of the tree instead. */
export const WELCOME: readonly { readonly view: ViewId; readonly when: string; readonly contents: string }[] = [
  {
    view: 'backfill.coverage',
    when: 'workspaceFolderCount == 0',
    contents:
      'Open the folder that holds your pipeline to see what is covered, what is missing, and why.\n[Open Folder](command:vscode.openFolder)',
  },
  {
    view: 'backfill.coverage',
    when: 'workspaceFolderCount != 0 && backfill.engine == none && !backfill.hasManifest && isWorkspaceTrusted',
    contents:
      'This folder has no backfill.yaml yet: the file that names your tables, what each needs, and how it is run.\n[Create a Manifest](command:backfill.init)\nIs it elsewhere? [Set its path](command:workbench.action.openSettings?%5B%22backfill.manifest%22%5D).',
  },
  {
    view: 'backfill.coverage',
    when: 'workspaceFolderCount != 0 && !isWorkspaceTrusted',
    contents:
      'This workspace is not trusted. The manifest is checked for mistakes, but nothing in it runs and no database is opened.\n[Manage Workspace Trust](command:workbench.trust.manage)',
  },
  {
    view: 'backfill.coverage',
    when: 'backfill.engine == failed && isWorkspaceTrusted',
    contents:
      'The engine that reads the warehouse does not start.\n[Restart Engine](command:backfill.restartEngine)\n[Show Log](command:backfill.showLog)',
  },
  {
    view: 'backfill.backfills',
    when: 'workspaceFolderCount == 0',
    contents: 'The backfills of a pipeline, and how far they are. [Open its folder](command:vscode.openFolder) first.',
  },
  {
    view: 'backfill.backfills',
    when: 'workspaceFolderCount != 0 && backfill.engine == none && !backfill.hasManifest && isWorkspaceTrusted',
    contents: 'The backfills of a pipeline, and how far they are. [Create a manifest](command:backfill.init) first.',
  },
  {
    view: 'backfill.backfills',
    when: 'workspaceFolderCount != 0 && !isWorkspaceTrusted',
    contents: 'Nothing is launched before you [trust this workspace](command:workbench.trust.manage).',
  },
  {
    view: 'backfill.backfills',
    when: 'backfill.engine == ready && backfill.backfills == none && !backfill.read && isWorkspaceTrusted',
    contents:
      'No backfill was started here yet. One is launched once the coverage was read: see above.\n[Open Manifest](command:backfill.openManifest)',
  },
  {
    view: 'backfill.backfills',
    when: 'backfill.engine == ready && backfill.backfills == none && backfill.read && isWorkspaceTrusted',
    contents:
      'No backfill was started here yet.\n[Launch Backfill](command:backfill.launch)\n[Fill Gaps](command:backfill.fillGaps)',
  },
  {
    view: 'backfill.failures',
    when: 'workspaceFolderCount == 0',
    contents: 'What the jobs of a pipeline noted as failed. [Open its folder](command:vscode.openFolder) first.',
  },
  {
    view: 'backfill.failures',
    when: 'workspaceFolderCount != 0 && backfill.engine == none && !backfill.hasManifest && isWorkspaceTrusted',
    contents: 'What the jobs of a pipeline noted as failed. [Create a manifest](command:backfill.init) first.',
  },
  {
    view: 'backfill.failures',
    when: 'workspaceFolderCount != 0 && !isWorkspaceTrusted',
    contents: 'No failure is read before you [trust this workspace](command:workbench.trust.manage).',
  },
  {
    view: 'backfill.failures',
    when: 'backfill.engine == ready && !backfill.failures && isWorkspaceTrusted',
    contents:
      'Nothing was read yet: the manifest, which names the tables of failures, has to be without mistakes.\n[Open Manifest](command:backfill.openManifest)',
  },
  {
    view: 'backfill.failures',
    when: 'backfill.engine == ready && backfill.failures == none && isWorkspaceTrusted',
    contents:
      'No table is known in which jobs note what failed. Name one under “failures” in the manifest.\n[Open Manifest](command:backfill.openManifest)',
  },
  {
    view: 'backfill.failures',
    when: 'backfill.engine == ready && backfill.failures == empty && isWorkspaceTrusted',
    contents: 'No failure is recorded for the dates of this pipeline.\n[Refresh](command:backfill.refresh)',
  },
];
