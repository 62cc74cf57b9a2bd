/** A phrase, or a name, that our style avoids. */
export interface Phrase {
  /** The words, as a regular expression; for example `(is|are) told`. */
  words: string;
  instead: string;
}

export interface Occurrence {
  phrase: Phrase;
  line: number;
}

/** Names from before the glossary. */
const OLD_NAMES: readonly Phrase[] = [
  { words: 'IdentifyCaller', instead: '`ResolveClient`' },
  { words: 'ObservedRequest', instead: '`RequestEvent`' },
  { words: 'ReplicaTable', instead: '`ReplicaRegistry`' },
  { words: 'askedForm', instead: '`preferredType`' },
  { words: 'createLatest', instead: '`cachedRead`' },
  { words: 'pauseFor', instead: '`delay`' },
  { words: 'commitWaiting', instead: '`commitNextBatch`' },
  { words: 'LentConnection', instead: '`PooledConnection`' },
  { words: 'ConnectionSource', instead: '`ConnectionPool`' },
  { words: 'takeLeave', instead: '`shutDown`' },
  { words: 'isHeard', instead: '`isReporting`' },
  { words: 'PeerWalk', instead: '`PeerSelection`' },
  { words: 'followPeers', instead: '`discovery`' },
  { words: 'onwardHeaders', instead: '`proxyRequestHeaders`' },
  { words: 'dropConnectionHeaders', instead: '`stripHopByHopHeaders`' },
  { words: 'mayResend', instead: '`isRetryable`' },
  { words: 'tellUnanswered', instead: '`sendGatewayError`' },
  { words: 'onDeath', instead: '`onExit`' },
  { words: 'describeEnd', instead: '`describeExit`' },
  { words: 'endGroup', instead: '`killProcessGroup`' },
  { words: 'runProgram', instead: '`runMain`' },
];

export const PHRASES: readonly Phrase[] = [
  ...OLD_NAMES,
  { words: 'such a one', instead: 'name the thing' },
  { words: 'is of the next one', instead: 'goes into the next one' },
  { words: 'the begin', instead: 'the start' },
  { words: 'afresh', instead: '"again", or "restart"' },
  { words: 'by turns', instead: '"alternating"' },
  { words: 'tells? of', instead: '"reports", "describes"' },
  { words: 'in good order', instead: '"cleanly"' },
  { words: 'suffers?', instead: 'say what happens to it, or that it does not support it' },
  { words: 'anew', instead: '"again"' },
  { words: 'under way', instead: '"in flight", "running"' },
  { words: 'of which', instead: 'two sentences, or name the thing' },
  { words: 'so many', instead: 'the number, or "as many as"' },
  { words: 'told of', instead: '"receives", "learns"' },
  { words: 'whoever', instead: 'name the person or the program' },
  { words: 'those of', instead: 'repeat the noun' },
  { words: '(is|are) told', instead: '"receives"' },
  { words: 'to be had', instead: '"available"' },
  { words: '(is|are) away', instead: '"is down", "is unavailable"' },
  { words: 'that (is|are) none', instead: '"invalid"' },
  { words: 'in the manner of', instead: '"as", "like"' },
  { words: 'what comes of', instead: '"the result of"' },
  { words: 'in its turn', instead: 'the order, or "then"' },
  { words: 'have their say', instead: 'say what they do' },
  { words: 'nobody to', instead: 'name who is missing' },
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
