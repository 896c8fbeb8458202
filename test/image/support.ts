import { readFileSync } from 'node:fs';
import { startProcess, type Running } from '../support/process.ts';

/** An image of one processor, as scripts/check-image.sh built it. */
export interface ImageLayout {
  /** Where its file system lies. */
  readonly root: string;
  /** The file system of its base alone. */
  readonly base: string;
  /** A file with what `buildah inspect` tells of it. */
  readonly config: string;
}

const file = process.env['MAESTRO_CLI_IMAGE_LAYOUTS'];

/** By processor as Docker names it; undefined where scripts/check-image.sh has not built them. */
export const layouts =
  file === undefined ? undefined : (JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, ImageLayout>>);

if (layouts === undefined) console.log('test/image: skipped, because scripts/check-image.sh builds what it looks at');

/** What a container runtime takes from an image. */
export interface ImageConfig {
  readonly architecture: string;
  readonly os: string;
  readonly config: {
    readonly User?: string;
    readonly Env?: readonly string[];
    readonly Entrypoint?: readonly string[];
    readonly Cmd?: readonly string[];
    readonly WorkingDir?: string;
    readonly ExposedPorts?: unknown;
    readonly Volumes?: unknown;
    readonly Labels?: Readonly<Record<string, string>>;
  };
}

export function configOf({ config }: ImageLayout): ImageConfig {
  return (JSON.parse(readFileSync(config, 'utf8')) as { OCIv1: ImageConfig }).OCIv1;
}

/** What a pod's container says of what is to run; what it leaves out is the image's. */
export interface Container {
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** A folder of this machine that lies at /home in the container. */
  readonly volume?: string;
}

/**
 * Runs a container's command as Kubernetes has it: `command` in place of the entry point, which leaves out the
 * image's arguments too; the image's variables and user; a root that nobody may write to.
 */
export function runContainer(image: ImageLayout, { command, args, env = {}, volume = '' }: Container): Running {
  const { User: user = '', Env: variables = [], Entrypoint: entry = [], Cmd: words = [] } = configOf(image).config;
  const argv = [...(command ?? entry), ...(args ?? (command === undefined ? words : []))];
  const variablesOf = [...variables, ...Object.entries(env).map(([name, value]) => `${name}=${value}`)];
  // chroot looks for the program itself, on the PATH that it is given and in the new root: the image has no shell.
  const script = `set -e
root=$1 volume=$2 user=$3
shift 3
mount --bind "$root" "$root"
[ -z "$volume" ] || mount --bind "$volume" "$root/home"
mount -o remount,ro,bind "$root"
exec chroot --userspec="$user" "$root" "$@"`;
  const unshare = ['--mount', '--propagation=private', 'env', '-i', ...variablesOf];
  return startProcess('unshare', [...unshare, '/bin/sh', '-c', script, 'sh', image.root, volume, user, ...argv]);
}

/** The addresses that a stand-in in a container prints once it listens. */
export function endpointsIn(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...text.matchAll(/export (\w+)=(\S+)\n/g)].map(([, name = '', value = '']) => [name, value]),
  );
}
