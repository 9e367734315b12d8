using System.Text.Json;
using System.Text.Json.Serialization;
using SimServe.Policies;

namespace SimServe.Simulator.Scenarios;

/// <summary>Writes faults with the keys of a scenario file, so that what was read can be read again.</summary>
internal sealed class FaultListConverter : JsonConverter<IReadOnlyList<Fault>>
{
    public override IReadOnlyList<Fault> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("Scenarios are read by ScenarioReader.");

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<Fault> value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (var fault in value)
        {
            writer.WriteStartObject();
            WriteKeys(writer, fault);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteKeys(Utf8JsonWriter writer, Fault fault)
    {
        switch (fault)
        {
            case LostWorker lost:
                WriteStart(writer, FaultReader.Lost, fault, lost.Worker);
                break;
            case SpotPreemption preemption:
                WriteStart(writer, FaultReader.Preempted, fault, preemption.Worker);
                writer.WriteNumber("noticeSeconds", preemption.Notice.TotalSeconds);
                break;
            case SlowWorker slow:
                WriteStart(writer, FaultReader.Slow, fault, slow.Worker);
                writer.WriteNumber("forSeconds", slow.For.TotalSeconds);
                writer.WriteNumber("factor", slow.Factor);
                break;
            case LinkBrownout brownout:
                WriteStart(writer, FaultReader.Brownout, fault, brownout.Worker);
                writer.WriteNumber("forSeconds", brownout.For.TotalSeconds);
                writer.WriteNumber("share", brownout.Share);
                break;
            case LostCacheHost lost:
                WriteStart(writer, FaultReader.LostCache, fault, worker: null);
                writer.WriteNumber("host", lost.Host);
                break;
            case LostControlNetDevice lost:
                WriteStart(writer, FaultReader.LostControlNets, fault, worker: null);
                writer.WriteNumber("device", lost.Device);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(fault), fault, "Every kind of fault must be written.");
        }
    }

    private static void WriteStart(Utf8JsonWriter writer, string kind, Fault fault, int? worker)
    {
        writer.WriteString("kind", kind);
        writer.WriteNumber("atSeconds", fault.At.TotalSeconds);
        if (worker is { } number)
        {
            writer.WriteNumber("worker", number);
        }
    }
}
