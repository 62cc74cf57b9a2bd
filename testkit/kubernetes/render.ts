import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';
import { findProgram, run } from '../processes/command.ts';

/** What every object of Kubernetes has. */
export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Record<string, string>; annotations?: Record<string, string> };
}

export const WITHOUT_KUBECTL = 'kubectl is not on the PATH; .ci/install kubernetes installs it';

/** Whether kubectl is installed. Throws instead with `CI` set, because the tests would be skipped. */
export async function hasKubectl(): Promise<boolean> {
  if ((await findProgram('kubectl')) !== undefined) return true;
  if (process.env.CI) throw new Error(`With CI set tests may not be skipped, and ${WITHOUT_KUBECTL}`);
  return false;
}

/**
 * Returns the objects of a folder with a `kustomization.yaml`, as `kubectl` makes them.
 *
 * @param folder its path in the project
 */
export async function renderKustomization(folder: string): Promise<KubernetesObject[]> {
  const path = fileURLToPath(new URL(`../../${folder}`, import.meta.url));
  const text = await run('kubectl', ['kustomize', '--load-restrictor', 'LoadRestrictionsNone', path]);
  return parseAllDocuments(text).map((document) => document.toJS() as KubernetesObject);
}
