using System.Text.Json;
using System.Text.Json.Serialization;
using SimServe.Policies;

namespace SimServe.Simulator.Scenarios;

/// <summary>Writes what cached rows are with the keys that scenarios say it with.</summary>
internal sealed class CacheFormatConverter : JsonConverter<CacheFormat>
{
    public override CacheFormat Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return CacheReader.Read(new JsonSection(document.RootElement, "cache", []));
    }

    public override void Write(Utf8JsonWriter writer, CacheFormat value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WriteString(CacheReader.Variant, value.VariantName);
        writer.WriteString(CacheReader.Numbers, value.NumbersName);
        writer.WriteEndObject();
    }
}
