# Whether an adapter should become a program that keeps running: of result files, by adapter.
#   jq -s -f criteria.jq results/*.json
# Milliseconds; the adapter is what stands behind the cluster in hyperfleet-{cluster}-{adapter}.

# RFC 3339 with a fraction of a second, to milliseconds.
def ms:
  capture("^(?<time>[^.Z]+)(?:\\.(?<fraction>[0-9]{1,3})[0-9]*)?Z$")
  | ("\(.time)Z" | fromdateiso8601) * 1000 + ((.fraction // "0") + "00" | .[0:3] | tonumber);
def percentile($p): sort | .[((length - 1) * $p / 100 | floor)];

map(
  select(.startedAt != null and .details.timings != null)
  | (.startedAt | ms) as $from | (.timestamp | ms) as $to
  | { adapter: (.consumer as $c | .manifestWorkName | ltrimstr("hyperfleet-\($c)-")),
      $from, $to, took: ($to - $from), startUp: (.details.timings.start + .details.timings.connect),
      failed: ((.phase // .status) == "Failed") }
)
| group_by(.adapter)
| map(
    ((map(.to) | max) - (map(.from) | min)) as $span
    | { adapter: .[0].adapter,
        operations: length,
        failed: (map(select(.failed)) | length),
        # Over at least a minute: two results of one second are no rate.
        perMinute: (length * 60000 / ([$span, 60000] | max) * 100 | round / 100),
        startUpShare: (((map(.startUp) | add) / ([(map(.took) | add), 1] | max)) * 100 | round / 100),
        latency: { p50: (map(.took) | percentile(50)), p95: (map(.took) | percentile(95)) } }
    | . + { criteria: {
        startUpOverHalf: (.startUpShare > 0.5),
        over10OperationsAMinute: (.perMinute > 10),
        slowerThanASecond: (.latency.p95 >= 1000) } }
  )
