using MathNet.Numerics.Distributions;
using SimServe.Policies;
using SimServe.Policies.Serving;

namespace SimServe.Simulator.Tests.Workloads;

/// <summary>One server, first come first served, exponential service times: nothing but a source of requests is under test.</summary>
internal static class OneServer
{
    public static List<RequestRecord> Serve(IRequestSource source, double meanSeconds, long seed)
    {
        var service = new RandomStream(seed, "service");
        var arrived = new PriorityQueue<Request, (long Ticks, int Id)>();
        var (records, free) = (new List<RequestRecord>(), Instant.Start);
        while (source.TryNext(out var request))
        {
            arrived.Enqueue(request, (request.ArrivesAt.Ticks, request.Id.Value));
        }

        while (arrived.TryDequeue(out var request, out _))
        {
            free = Instant.Max(free, request.ArrivesAt) + Duration.FromSeconds(Exponential.Sample(service, 1 / meanSeconds));
            var record = Record(request, free);
            records.Add(record);
            if (source.TryFollow(record, out var next))
            {
                arrived.Enqueue(next, (next.ArrivesAt.Ticks, next.Id.Value));
            }
        }

        return records;
    }

    public static RequestRecord Record(Request request, Instant finishedAt) => new()
    {
        Request = request,
        Worker = new WorkerId(0),
        ArrivedAt = request.ArrivesAt,
        StartedAt = request.ArrivesAt,
        DenoisedAt = finishedAt,
        FinishedAt = finishedAt,
        Outcome = RequestOutcome.Completed,
        Failure = null,
    };

    /// <summary>The edits of every user in order: the first requests are the users', and every later one follows the oldest end that nobody followed.</summary>
    public static RequestRecord[][] ByUser(IReadOnlyList<RequestRecord> run, int users)
    {
        // Follow-ups are numbered in the order of the ends that they follow.
        var userOf = new Dictionary<int, int>();
        var next = users;
        foreach (var record in run)
        {
            var number = record.Request.Id.Value;
            var user = userOf.GetValueOrDefault(number, number);
            userOf[number] = user;
            userOf[next++] = user;
        }

        return [.. Enumerable.Range(0, users).Select(user => run.Where(record => userOf[record.Request.Id.Value] == user).ToArray())];
    }

    public static double[] ThinkTimes(IReadOnlyList<RequestRecord> run, int users) => [.. ByUser(run, users)
        .SelectMany(static edits => edits.Select((record, number) => (record.ArrivedAt - (number == 0 ? Instant.Start : edits[number - 1].FinishedAt)).TotalSeconds))];

    public static double LongestCycle(IReadOnlyList<RequestRecord> run, int users, double end) => ByUser(run, users)
        .SelectMany(edits => edits.Select((record, number) => (number + 1 < edits.Length ? edits[number + 1].FinishedAt.TotalSeconds : end) - record.FinishedAt.TotalSeconds))
        .Max();
}
