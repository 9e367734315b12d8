using SimServe.GpuBackend.Masking;
using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Native;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Caches;

/// <summary>One recording in a file.</summary>
/// <remarks>
/// A safetensors file: <c>rows.K</c> holds the bytes of step K's rows, the other tensors what else edits take of the template. The header's free-text entries say the format's version,
/// what it is a recording of (<see cref="RecordingIdentity"/>), and the hash of every tensor's bytes. Nothing of a file is believed before it has been checked. Files are written
/// beside their place and renamed: whoever looks sees a whole one or none.
/// </remarks>
internal static class TemplateFile
{
    /// <summary>The format's version; files of another one are made anew.</summary>
    public const string Version = "simserve template 1";

    private const string FormatKey = "format";
    private const string HashPrefix = "hash.";

    /// <summary>Writes a recording.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="recording">The recording; used for as long as this takes.</param>
    /// <param name="identity">What it is of.</param>
    public static void Write(string path, TemplateRecording recording, RecordingIdentity identity)
    {
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        var (tensors, entries) = (new Dictionary<string, Tensor>(), new Dictionary<string, string>(identity.Entries) { [FormatKey] = Version });
        foreach (var (name, tensor) in recording.Tensors.Named())
        {
            var host = tensor.cpu().contiguous();
            tensors[name] = host;
            entries[HashPrefix + name] = ContentHash.Of(TensorAddress.Span(host));
        }

        for (var step = 0; step < recording.Steps; step++)
        {
            var rows = recording.StepRows(step);
            tensors[RowsOf(step)] = MappedTensor.Create(rows.Address, [rows.Bytes], ScalarType.Byte);
            entries[HashPrefix + RowsOf(step)] = ContentHash.Of(rows.Address, rows.Bytes);
        }

        SafetensorsWriter.Write(path, tensors, entries);
    }

    /// <summary>Reads a recording and checks all of it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="identity">What it must be of.</param>
    /// <param name="model">The model that recorded it.</param>
    /// <param name="template">The template.</param>
    /// <param name="memory">Where rows are copied to; <c>null</c>: they are used where they lie in the mapped file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ModelFileException">It is torn, altered, or another's; the message names the file and what was found.</exception>
    public static TemplateRecording Read(string path, RecordingIdentity identity, ServedModel model, EditTemplate template, Func<long, HostMemory>? memory)
    {
        using var mode = inference_mode();
        var file = new SharedFile(SafetensorsFile.Open(path));
        List<HostMemory> rows = [];
        RecordedTensors? tensors = null;
        try
        {
            Check(file.File, identity);
            for (var step = 0; step < identity.Steps; step++)
            {
                rows.Add(RowsFrom(file, RowsOf(step), model.Rows.StepBytes, memory));
            }

            tensors = model.ReadTensors(identity.Steps, name => TensorFrom(file.File, name, model.Device));
            FluxModel.Settle(model.Device);
            return new TemplateRecording(model, template, tensors, [.. rows]);
        }
        catch
        {
            rows.ForEach(static step => step.Dispose());
            tensors?.Dispose();
            throw;
        }
        finally
        {
            file.Dispose();
        }
    }

    private static string RowsOf(int step) => $"rows.{step}";

    private static void Check(SafetensorsFile file, RecordingIdentity identity)
    {
        Require(file, FormatKey, Version);
        foreach (var (key, expected) in identity.Entries)
        {
            Require(file, key, expected);
        }
    }

    private static void Require(SafetensorsFile file, string key, string expected)
    {
        var found = file.Metadata.GetValueOrDefault(key);
        if (found != expected)
        {
            throw new ModelFileException($"{file.Path}: its \"{key}\" is {(found is null ? "missing" : $"\"{ModelFileException.Shown(found)}\"")}, not \"{expected}\".");
        }
    }

    private static HostMemory RowsFrom(SharedFile file, string name, long bytes, Func<long, HostMemory>? memory)
    {
        if (!file.File.Tensors.TryGetValue(name, out var entry) || entry.Type != ScalarType.Byte || entry.Count != bytes)
        {
            throw new ModelFileException($"{file.File.Path}: \"{name}\" should hold {bytes} bytes but holds {entry?.Count ?? 0} of {entry?.Type.ToString() ?? "nothing"}.");
        }

        using var view = file.File.Read(name);
        var mapped = new MappedRows(file, TensorAddress.Of(view), bytes);
        var rows = memory is null ? mapped : Copied(mapped, memory);
        try
        {
            CheckHash(file.File, name, ContentHash.Of(rows.Address, bytes));
            return rows;
        }
        catch
        {
            rows.Dispose();
            throw;
        }
    }

    // What is hashed is the copy: the file may change while it is read.
    private static unsafe HostMemory Copied(MappedRows mapped, Func<long, HostMemory> memory)
    {
        using (mapped)
        {
            var copy = memory(mapped.Bytes);
            Buffer.MemoryCopy((void*)mapped.Address, (void*)copy.Address, copy.Bytes, mapped.Bytes);
            return copy;
        }
    }

    private static Tensor TensorFrom(SafetensorsFile file, string name, Device device)
    {
        using var view = file.Read(name);
        using var copy = view.clone();
        CheckHash(file, name, ContentHash.Of(TensorAddress.Span(copy)));
        return copy.to(device, copy: true).DetachFromDisposeScope();
    }

    private static void CheckHash(SafetensorsFile file, string name, string found)
    {
        if (file.Metadata.GetValueOrDefault(HashPrefix + name) != found)
        {
            throw new ModelFileException($"{file.Path}: the bytes of \"{name}\" are not those that were written.");
        }
    }
}
