using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.ModelFiles;

/// <summary>Writes safetensors files.</summary>
public static class SafetensorsWriter
{
    private const int Alignment = 8;

    // Throws on halves of surrogate pairs, which the JSON writer would silently replace by another letter.
    private static readonly UTF8Encoding Exact = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Writes tensors to a file; readers never see half of it, and the same tensors always give the same bytes.</summary>
    /// <param name="path">The file, replaced when it exists. Its folder must exist.</param>
    /// <param name="tensors">The tensors by name; copied to the processor one at a time.</param>
    /// <param name="metadata">Free-text entries, or <c>null</c>.</param>
    /// <exception cref="NotSupportedException">A tensor's type has no place in the format.</exception>
    /// <exception cref="ArgumentException">A tensor is called <c>__metadata__</c>, a name or entry is not valid Unicode, or the header would break the format's limit.</exception>
    public static void Write(string path, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(tensors);
        // Large elements first, as the reference does: then every tensor is aligned to its element.
        var ordered = tensors.OrderByDescending(static pair => SafetensorsTypes.Size(pair.Value.dtype)).ThenBy(static pair => pair.Key, StringComparer.Ordinal).ToArray();
        var header = Header(ordered, metadata);
        WholeFile.Write(path, stream =>
        {
            WriteAll(stream, header, ordered);
            // The name must not reach the disk before the content: a power cut would leave an empty file under it.
            stream.Flush(flushToDisk: true);
        });
    }

    private static void WriteAll(FileStream stream, byte[] header, KeyValuePair<string, Tensor>[] ordered)
    {
        Span<byte> length = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach (var (_, tensor) in ordered)
        {
            using var scope = NewDisposeScope();
            WriteElements(stream, tensor.detach().cpu().contiguous());
        }
    }

    // A span holds at most 2 GiB: larger tensors go in pieces.
    private static void WriteElements(FileStream stream, Tensor values)
    {
        const long PieceBytes = 64 << 20;
        var (flat, most) = (values.reshape(-1), PieceBytes / SafetensorsTypes.Size(values.dtype));
        for (long first = 0; first < flat.shape[0]; first += most)
        {
            using var piece = flat.narrow(0, first, Math.Min(most, flat.shape[0] - first));
            stream.Write(piece.bytes);
        }
    }

    private static byte[] Header(KeyValuePair<string, Tensor>[] ordered, IReadOnlyDictionary<string, string>? metadata)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            WriteMetadata(writer, metadata);
            long next = 0;
            foreach (var (name, tensor) in ordered)
            {
                ArgumentOutOfRangeException.ThrowIfEqual(name, SafetensorsHeader.MetadataName);
                next = WriteEntry(writer, name, tensor, next);
            }

            writer.WriteEndObject();
        }

        while (buffer.Length % Alignment != 0)
        {
            buffer.WriteByte((byte)' ');
        }

        ArgumentOutOfRangeException.ThrowIfGreaterThan(buffer.Length, SafetensorsHeader.LargestBytes, nameof(metadata));
        return buffer.ToArray();
    }

    private static void WriteMetadata(Utf8JsonWriter writer, IReadOnlyDictionary<string, string>? metadata)
    {
        if (metadata is null)
        {
            return;
        }

        writer.WriteStartObject(SafetensorsHeader.MetadataName);
        foreach (var (key, value) in metadata.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            writer.WriteString(Exact.GetBytes(key), Exact.GetBytes(value));
        }

        writer.WriteEndObject();
    }

    private static long WriteEntry(Utf8JsonWriter writer, string name, Tensor tensor, long begin)
    {
        var end = begin + (tensor.numel() * SafetensorsTypes.Size(tensor.dtype));
        writer.WriteStartObject(Exact.GetBytes(name));
        writer.WriteString("dtype", SafetensorsTypes.Name(tensor.dtype));
        writer.WriteStartArray("shape");
        foreach (var size in tensor.shape)
        {
            writer.WriteNumberValue(size);
        }

        writer.WriteEndArray();
        writer.WriteStartArray("data_offsets");
        writer.WriteNumberValue(begin);
        writer.WriteNumberValue(end);
        writer.WriteEndArray();
        writer.WriteEndObject();
        return end;
    }
}
