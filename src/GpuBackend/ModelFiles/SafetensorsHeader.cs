using System.Text.Json;

namespace SimServe.GpuBackend.ModelFiles;

/// <summary>The header of a safetensors file: what it holds and where.</summary>
/// <remarks>
/// Source: huggingface/safetensors. Every claim is checked against the file's length before anything is allocated or read by it: the header is
/// at most <see cref="LargestBytes"/> long and lies in the file, keys are unique, and the tensors fill the rest of the file without overlap or hole.
/// </remarks>
internal sealed class SafetensorsHeader
{
    /// <summary>The format's own limit on the header.</summary>
    public const int LargestBytes = 100_000_000;

    /// <summary>The key of the free-text entries, which no tensor may have.</summary>
    public const string MetadataName = "__metadata__";

    // Torch's own limit.
    private const int MostDimensions = 64;

    private readonly string _file;
    private readonly Dictionary<string, SafetensorsEntry> _tensors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _metadata = new(StringComparer.Ordinal);

    private bool _hasMetadata;

    private SafetensorsHeader(string file) => _file = file;

    /// <summary>The tensors by name.</summary>
    public IReadOnlyDictionary<string, SafetensorsEntry> Tensors => _tensors;

    /// <summary>The free-text entries.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _metadata;

    /// <summary>Reads and checks a header.</summary>
    /// <param name="file">The file's name for messages.</param>
    /// <param name="json">The header's bytes.</param>
    /// <param name="dataBytes">Bytes of the file after the header.</param>
    /// <exception cref="ModelFileException">The header breaks a rule.</exception>
    public static SafetensorsHeader Parse(string file, ReadOnlySpan<byte> json, long dataBytes)
    {
        var header = new SafetensorsHeader(file);
        try
        {
            header.Read(json);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            throw new ModelFileException($"{file}: the header is not valid JSON: {fault.Message} The file is damaged or not a safetensors file.", fault);
        }

        header.CheckLayout(dataBytes);
        return header;
    }

    private void Read(ReadOnlySpan<byte> json)
    {
        if (json.IsEmpty || json[0] != (byte)'{')
        {
            throw Fault("the header does not start with '{'. The file is damaged or not a safetensors file.");
        }

        var reader = new Utf8JsonReader(json);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            if (name == MetadataName)
            {
                ReadMetadata(ref reader);
            }
            else if (!_tensors.TryAdd(name, ReadEntry(name, ref reader)))
            {
                throw Fault($"tensor \"{ModelFileException.Shown(name)}\" is listed twice.");
            }
        }

        while (reader.Read())
        {
            // Only spaces may follow; the reader throws on anything else.
        }
    }

    private void ReadMetadata(ref Utf8JsonReader reader)
    {
        Expect(reader.TokenType == JsonTokenType.StartObject && !_hasMetadata, MetadataName, "is there twice or not an object of texts");
        _hasMetadata = true;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            reader.Read();
            Expect(reader.TokenType == JsonTokenType.String, MetadataName, $"has an entry \"{ModelFileException.Shown(key)}\" that is not a text");
            Expect(_metadata.TryAdd(key, reader.GetString()!), MetadataName, $"has the entry \"{ModelFileException.Shown(key)}\" twice");
        }
    }

    private SafetensorsEntry ReadEntry(string name, ref Utf8JsonReader reader)
    {
        Expect(reader.TokenType == JsonTokenType.StartObject, name, "is not described by an object");
        string? type = null;
        List<long>? shape = null;
        List<long>? offsets = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString();
            reader.Read();
            switch (key)
            {
                case "dtype" when type is null && reader.TokenType == JsonTokenType.String:
                    type = reader.GetString();
                    break;
                case "shape" when shape is null:
                    shape = Numbers(name, key, ref reader, MostDimensions);
                    break;
                case "data_offsets" when offsets is null:
                    offsets = Numbers(name, key, ref reader, 2);
                    break;
                default:
                    var found = ModelFileException.Shown(key!);
                    throw Fault($"tensor \"{ModelFileException.Shown(name)}\" has a second, unknown or malformed \"{found}\"; allowed are dtype, shape and data_offsets, once each.");
            }
        }

        return Entry(name, type, shape, offsets);
    }

    private SafetensorsEntry Entry(string name, string? typeName, List<long>? shape, List<long>? offsets)
    {
        Expect(typeName is not null && shape is not null && offsets is { Count: 2 }, name, "lacks dtype, shape or data_offsets");
        var type = SafetensorsTypes.Find(typeName!)
            ?? throw Fault($"tensor \"{ModelFileException.Shown(name)}\" is of type \"{ModelFileException.Shown(typeName!)}\"; read are {SafetensorsTypes.Names}. Convert the file first.");
        var bytes = Bytes(name, shape!, SafetensorsTypes.Size(type));
        Expect(
            offsets![0] <= offsets[1] && offsets[1] - offsets[0] == bytes,
            name,
            $"is {typeName} [{string.Join(", ", shape!)}], {bytes} bytes, but data_offsets are [{offsets[0]}, {offsets[1]}]");
        return new SafetensorsEntry(name, type, shape!, offsets[0], offsets[1]);
    }

    // A product must not wrap to a small one. Zeros count as ones until the end: Torch's strides multiply the other sizes even of an empty tensor.
    private long Bytes(string name, List<long> shape, long elementBytes)
    {
        var bytes = elementBytes;
        foreach (var size in shape)
        {
            var factor = Math.Max(1, size);
            Expect(bytes <= long.MaxValue / factor, name, "has a shape whose size overflows");
            bytes *= factor;
        }

        return shape.Contains(0) ? 0 : bytes;
    }

    private List<long> Numbers(string name, string key, ref Utf8JsonReader reader, int most)
    {
        Expect(reader.TokenType == JsonTokenType.StartArray, name, $"has a \"{key}\" that is not a list");
        var numbers = new List<long>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            long number = 0;
            Expect(
                reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out number) && number >= 0,
                name,
                $"has a \"{key}\" with an entry that is not a whole number from 0 to {long.MaxValue}");
            Expect(numbers.Count < most, name, $"has a \"{key}\" of more than {most} numbers");
            numbers.Add(number);
        }

        return numbers;
    }

    private void CheckLayout(long dataBytes)
    {
        long end = 0;
        foreach (var entry in _tensors.Values.OrderBy(static entry => entry.Begin).ThenBy(static entry => entry.End))
        {
            Expect(entry.End <= dataBytes, entry.Name, $"ends at byte {entry.End}, but only {dataBytes} bytes follow the header: the file is cut short");
            Expect(entry.Begin >= end, entry.Name, $"starts at byte {entry.Begin}, inside the tensor before it, which ends at {end}");
            Expect(entry.Begin == end, entry.Name, $"starts at byte {entry.Begin}, but the tensor before it ends at {end}: bytes between belong to nothing");
            end = entry.End;
        }

        if (end != dataBytes)
        {
            throw Fault($"the tensors end at byte {end}, but {dataBytes} bytes follow the header: the file is damaged.");
        }
    }

    private void Expect(bool holds, string name, string fault)
    {
        if (!holds)
        {
            throw Fault($"tensor \"{ModelFileException.Shown(name)}\" {fault}.");
        }
    }

    private ModelFileException Fault(string text) => new($"{_file}: {text}");
}
