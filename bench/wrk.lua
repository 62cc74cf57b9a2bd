-- Clients that take turns: the first argument after the URL is the method, each other one the Cookie header of one client. At the end it prints the result as
-- one line of JSON, with latencies in microseconds.

local requests, turn = {}, 0

function init(arguments)
  local method = arguments[1]
  for index = 2, #arguments do
    local headers = { Host = wrk.headers["Host"], Cookie = arguments[index] }
    if method == "POST" then headers["Content-Length"] = "0" end
    requests[index - 1] = wrk.format(method, nil, headers)
  end
  if #requests == 0 then
    requests[1] = wrk.format(method)
  end
end

function request()
  turn = turn % #requests + 1
  return requests[turn]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"durationUs":%d,"requests":%d,"badStatus":%d,"socketErrors":%d,"p50Us":%d,"p99Us":%d}\n',
    summary.duration, summary.requests, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50), latency:percentile(99)
  ))
end
