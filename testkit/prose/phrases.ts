/** A phrase, or a name, that our style avoids. */
export interface Phrase {
  /** The words, as a regular expression; for example `(is|are) told`. */
  words: string;
  instead: string;
  /** How often it may still occur. Older texts are rewritten folder by folder, and this number only falls. */
  atMost: number;
}

export interface Occurrence {
  phrase: Phrase;
  line: number;
}

/** Names from before the glossary. */
const OLD_NAMES: readonly Phrase[] = [
  { words: 'IdentifyCaller', instead: '`ResolveClient`', atMost: 0 },
  { words: 'ObservedRequest', instead: '`RequestEvent`', atMost: 0 },
  { words: 'ReplicaTable', instead: '`ReplicaRegistry`', atMost: 0 },
  { words: 'askedForm', instead: '`preferredType`', atMost: 0 },
  { words: 'createLatest', instead: '`cachedRead`', atMost: 0 },
  { words: 'pauseFor', instead: '`delay`', atMost: 0 },
  { words: 'commitWaiting', instead: '`commitNextBatch`', atMost: 0 },
  { words: 'LentConnection', instead: '`PooledConnection`', atMost: 0 },
  { words: 'ConnectionSource', instead: '`ConnectionPool`', atMost: 0 },
  { words: 'takeLeave', instead: '`shutDown`', atMost: 0 },
  { words: 'isHeard', instead: '`isReporting`', atMost: 0 },
  { words: 'PeerWalk', instead: '`PeerSelection`', atMost: 0 },
  { words: 'followPeers', instead: '`discovery`', atMost: 0 },
  { words: 'onwardHeaders', instead: '`proxyRequestHeaders`', atMost: 0 },
  { words: 'dropConnectionHeaders', instead: '`stripHopByHopHeaders`', atMost: 0 },
  { words: 'mayResend', instead: '`isRetryable`', atMost: 0 },
  { words: 'tellUnanswered', instead: '`sendGatewayError`', atMost: 0 },
  { words: 'onDeath', instead: '`onExit`', atMost: 0 },
  { words: 'describeEnd', instead: '`describeExit`', atMost: 0 },
  { words: 'endGroup', instead: '`killProcessGroup`', atMost: 0 },
  { words: 'runProgram', instead: '`runMain`', atMost: 0 },
];

export const PHRASES: readonly Phrase[] = [
  ...OLD_NAMES,
  { words: 'such a one', instead: 'name the thing', atMost: 0 },
  { words: 'is of the next one', instead: 'goes into the next one', atMost: 0 },
  { words: 'the begin', instead: 'the start', atMost: 0 },
  { words: 'afresh', instead: '"again", or "restart"', atMost: 0 },
  { words: 'by turns', instead: '"alternating"', atMost: 0 },
  { words: 'tells? of', instead: '"reports", "describes"', atMost: 0 },
  { words: 'in good order', instead: '"cleanly"', atMost: 0 },
  { words: 'suffers?', instead: 'say what happens to it, or that it does not support it', atMost: 0 },
  { words: 'anew', instead: '"again"', atMost: 0 },
  { words: 'under way', instead: '"in flight", "running"', atMost: 0 },
  { words: 'of which', instead: 'two sentences, or name the thing', atMost: 0 },
  { words: 'so many', instead: 'the number, or "as many as"', atMost: 0 },
  { words: 'told of', instead: '"receives", "learns"', atMost: 0 },
  { words: 'whoever', instead: 'name the person or the program', atMost: 0 },
  { words: 'those of', instead: 'repeat the noun', atMost: 17 },
  { words: '(is|are) told', instead: '"receives"', atMost: 0 },
];

/** What may stand between two words when a comment continues on the next line. */
const GAP = String.raw`\s+(?:(?:\*|//|#|>)\s+)?`;

const patterns = PHRASES.map((phrase) => ({
  phrase,
  pattern: new RegExp(String.raw`(?<![\w-])${phrase.words.replaceAll(' ', GAP)}(?![\w-])`, 'gi'),
}));

/** Finds all avoided phrases in a text, also across two lines. Line numbers count from 1. */
export function findPhrases(text: string): Occurrence[] {
  return patterns.flatMap(({ phrase, pattern }) =>
    [...text.matchAll(pattern)].map(({ index }) => ({ phrase, line: text.slice(0, index).split('\n').length })),
  );
}
