import { ProtocolError } from '@switchyard/open-inference';
import type { Route } from './route-table.ts';

/** A route that a request line leads to. A name that the path does not have is `''`. */
export interface Match {
  readonly route: Route;
  readonly model: string;
  readonly version: string;
  readonly region: string;
}

/** Finds the route of a request. */
export interface Router {
  /**
   * @param target as in the request line, the query included
   * @throws ProtocolError not-found, uri-too-long; {@link MethodNotAllowed}
   */
  match(method: string, target: string): Match;
  /** Methods that are served under a path; empty where nothing is. */
  methodsOf(target: string): readonly string[];
}

/** 405, with the methods for the header `Allow`. */
export class MethodNotAllowed extends ProtocolError {
  readonly allowed: readonly string[];

  constructor(allowed: readonly string[]) {
    super('method-not-allowed', 'Method Not Allowed');
    this.allowed = allowed;
  }
}

/** Longest target of a request line, in characters. */
export const MAX_TARGET_LENGTH = 8192;
const MAX_REMEMBERED = 512;
const LONGEST_REMEMBERED = 256;
const DIGITS = /^\d+$/;

interface Node {
  readonly children: Map<string, Node>;
  readonly parameters: Map<string, Node>;
  readonly routes: Map<string, Route>;
}

interface Found {
  readonly node: Node;
  readonly values: ReadonlyMap<string, string>;
}

/** Routes by segment, as the table says: a trailing slash is another path, a query does not matter. */
export function createRouter(routes: readonly Route[], prefix: string): Router {
  const root = emptyNode();
  for (const route of routes) insert(root, route);
  // What clients ask for again and again is looked up once. Only what was found is remembered.
  const remembered = new Map<string, Map<string, Match>>();

  const find = (target: string): Found | null => {
    if (target.length > MAX_TARGET_LENGTH) {
      throw new ProtocolError(
        'uri-too-long',
        `The request target has ${target.length} characters, and ${MAX_TARGET_LENGTH} are the most.`,
      );
    }
    const query = target.indexOf('?');
    const path = query === -1 ? target : target.slice(0, query);
    if (!path.startsWith(`${prefix}/`)) return null;
    const segments = decode(path.slice(prefix.length + 1).split('/'));
    return segments === null ? null : descend(root, segments, 0, new Map());
  };

  return {
    match(method, target) {
      const ofMethod = remembered.get(method);
      const known = ofMethod?.get(target);
      if (known !== undefined) return known;
      const found = find(target);
      if (found === null) throw new ProtocolError('not-found', 'Not Found');
      const route = found.node.routes.get(method);
      if (route === undefined) throw new MethodNotAllowed([...found.node.routes.keys()]);
      const match: Match = {
        route,
        model: found.values.get('{model}') ?? '',
        version: found.values.get('{version}') ?? '',
        region: found.values.get('{region}') ?? '',
      };
      if (target.length <= LONGEST_REMEMBERED) {
        if (ofMethod === undefined) remembered.set(method, new Map([[target, match]]));
        else {
          if (ofMethod.size >= MAX_REMEMBERED) ofMethod.clear();
          ofMethod.set(target, match);
        }
      }
      return match;
    },
    methodsOf(target) {
      return [...(find(target)?.node.routes.keys() ?? [])];
    },
  };
}

function emptyNode(): Node {
  return { children: new Map(), parameters: new Map(), routes: new Map() };
}

function insert(root: Node, route: Route): void {
  let node = root;
  for (const segment of route.path.slice(1).split('/')) {
    const children = segment.startsWith('{') ? node.parameters : node.children;
    let next = children.get(segment);
    if (next === undefined) {
      next = emptyNode();
      children.set(segment, next);
    }
    node = next;
  }
  node.routes.set(route.method, route);
}

function decode(segments: readonly string[]): readonly string[] | null {
  try {
    return segments.map((segment) => (segment.includes('%') ? decodeURIComponent(segment) : segment));
  } catch (error) {
    // A percent sign that begins no character: nothing has such a name.
    if (error instanceof URIError) return null;
    throw error;
  }
}

function descend(
  node: Node,
  segments: readonly string[],
  index: number,
  values: ReadonlyMap<string, string>,
): Found | null {
  const segment = segments[index];
  if (segment === undefined) return node.routes.size === 0 ? null : { node, values };
  const child = node.children.get(segment);
  const found = child === undefined ? null : descend(child, segments, index + 1, values);
  if (found !== null || segment === '') return found;
  for (const [name, next] of node.parameters) {
    if (name === '{version}' && !DIGITS.test(segment)) continue;
    const deeper = descend(next, segments, index + 1, new Map([...values, [name, segment]]));
    if (deeper !== null) return deeper;
  }
  return null;
}
