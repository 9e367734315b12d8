using System.Text;
using SimServe.Policies;
using SimServe.Simulator.Scenarios;
using SimServe.Simulator.Traces;

namespace SimServe.Simulator.Tests.Traces;

internal static class TraceSample
{
    public const string Header = "# {\"schemaVersion\":1,\"provenance\":\"test\",\"units\":{\"arrival\":\"s\",\"height\":\"px\",\"width\":\"px\"}}\n";
    public const string Columns = "id,arrival,template,mask_ratio,steps,seed,width,height,controlnets,loras,tenant\n";
    public const string Row = "0,0.5,3,0.25,20,7,,,,,\n";

    public static TraceReader Open(string text, TraceLimits? limits = null) => Open(Encoding.UTF8.GetBytes(text), limits);

    public static TraceReader Open(byte[] bytes, TraceLimits? limits = null) => new(new MemoryStream(bytes), "t.csv", limits);

    public static TraceRequest[] Read(string text, TraceLimits? limits = null)
    {
        using var reader = Open(text, limits);
        return [.. reader.Requests()];
    }

    public static IReadOnlyList<InputFault> Faults(string text, TraceLimits? limits = null) => Faults(Encoding.UTF8.GetBytes(text), limits);

    public static IReadOnlyList<InputFault> Faults(byte[] bytes, TraceLimits? limits = null) =>
        Assert.Throws<InvalidInputException>(() =>
        {
            using var reader = Open(bytes, limits);
            _ = reader.Requests().Count();
        })!.Faults;

    public static TraceRequest Request(long id, long ticks) => new()
    {
        Id = id,
        ArrivesAt = new Instant(ticks),
        Template = 0,
        MaskRatio = 0.1,
        Steps = 20,
        Seed = id,
    };
}
