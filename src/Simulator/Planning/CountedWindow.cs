namespace SimServe.Simulator.Planning;

/// <summary>Which requests of a replication count, by their order of arrival.</summary>
/// <param name="Start">The first that counts.</param>
/// <param name="End">The first after them that does not.</param>
/// <remarks>
/// The first fifth meets a fleet that started empty, the last twentieth one that no longer fills its batches: both are left out.
/// </remarks>
internal readonly record struct CountedWindow(int Start, int End)
{
    public int Count => End - Start;

    public static CountedWindow Of(int requests) => new(requests / 5, requests - (requests / 20));
}
