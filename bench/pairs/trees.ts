// The checkout to compare with. In: a commit, or a folder that is a checkout. Out: its folder and a name for it. Guarantee: a
// commit gets a temporary git worktree, of which `remove` leaves nothing, in the temporary folder or in git.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

export interface Tree {
  readonly folder: string;
  readonly label: string;
  readonly remove: () => void;
}

const isCheckout = (folder: string): boolean => existsSync(join(folder, "src/index.ts"));

export function treeOf(base: string, root: string): Tree {
  if (isCheckout(base)) return { folder: resolve(base), label: base, remove: () => {} };
  const git = (...args: string[]): string =>
    execFileSync("git", args, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();
  let commit: string;
  try {
    commit = git("rev-parse", "--verify", "--quiet", "--short", `${base}^{commit}`);
  } catch {
    throw new Error(`--base: wanted a commit or a checkout of the project, got ${JSON.stringify(base)}`);
  }
  const around = mkdtempSync(join(tmpdir(), "layerc-pair-"));
  const folder = join(around, commit);
  const remove = (): void => {
    rmSync(around, { recursive: true, force: true });
    git("worktree", "prune");
  };
  try {
    git("worktree", "add", "--detach", folder, commit);
    symlinkSync(realpathSync(join(root, "node_modules")), join(folder, "node_modules"));
  } catch (error) {
    remove();
    throw error;
  }
  return { folder, label: base.startsWith(commit) ? commit : `${base} (${commit})`, remove };
}
