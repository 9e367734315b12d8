using System.Globalization;
using SimServe.Policies;

namespace SimServe.Simulator.Traces;

/// <summary>Requests as lines, which read back as the same requests.</summary>
internal static class TraceText
{
    /// <summary>Seconds with every tick: decimals, because a double of many digits would not read back as the same tick.</summary>
    public static string Seconds(Instant instant) =>
        ((decimal)instant.Ticks / TimeSpan.TicksPerSecond).ToString("0.#######", CultureInfo.InvariantCulture);

    public static string Line(TraceRequest request) => string.Create(
        CultureInfo.InvariantCulture,
        $"{request.Id},{Seconds(request.ArrivesAt)},{request.Template},{request.MaskRatio:R},{request.Steps},{request.Seed},{request.Size?.Width},{request.Size?.Height},{Names(request.ControlNets)},{Names(request.Loras)},{request.Tenant}");

    public static string Names(IReadOnlyList<string> names) => string.Join(TraceName.ListSeparator, names);
}
