using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using SimServe.GpuBackend.Native;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.ModelFiles;

/// <summary>A safetensors file, mapped into memory: tensors are read without a copy.</summary>
/// <remarks>
/// Pages are private to this process: writing to a tensor never changes the file. Any number of threads may read at once, and other programs may read
/// the file too. A replaced file (a new one renamed to its name) does no harm: this object keeps the old one. A file that another program cuts short while it
/// is mapped ends this process with a bus error at the next read of a lost page; no check at opening can prevent it, so model files must be replaced, never
/// overwritten in place. The system must grant as many bytes of private memory as the file has, although only written pages take any.
/// Source of the format: huggingface/safetensors.
/// </remarks>
public sealed class SafetensorsFile : IDisposable
{
    private const int LengthBytes = sizeof(ulong);

    private readonly SafetensorsHeader _header;
    private readonly MemoryMappedFile? _map;
    private readonly MemoryMappedViewAccessor? _view;
    private readonly nint _data;
    private bool _disposed;

    private unsafe SafetensorsFile(string path, SafetensorsHeader header, FileStream stream, int headerBytes)
    {
        (Path, _header) = (path, header);
        if (stream.Length == LengthBytes + headerBytes)
        {
            stream.Dispose();
            return;
        }

        _map = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.CopyOnWrite, HandleInheritability.None, leaveOpen: false);
        _view = _map.CreateViewAccessor(0, stream.Length, MemoryMappedFileAccess.CopyOnWrite);
        byte* start = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        _data = (nint)(start + _view.PointerOffset + LengthBytes + headerBytes);
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The tensors by name.</summary>
    public IReadOnlyDictionary<string, SafetensorsEntry> Tensors => _header.Tensors;

    /// <summary>The free-text entries of the header, for instance LoRA's alpha.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _header.Metadata;

    /// <summary>Opens a file and checks its header; no tensor is read yet.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ModelFileException">The file is not a sound safetensors file or cannot be read; the message names file and tensor.</exception>
    public static SafetensorsFile Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"There is no file '{path}'.", path);
        }

        try
        {
            return OpenExisting(path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new ModelFileException($"{path} cannot be read: {fault.Message}", fault);
        }
    }

    /// <summary>One tensor.</summary>
    /// <param name="name">Its key.</param>
    /// <returns>A tensor over the mapped file, on the processor, in the file's type. Valid until the file is disposed; the caller disposes it.</returns>
    /// <exception cref="ModelFileException">The file has no such tensor.</exception>
    public Tensor Read(string name)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!Tensors.TryGetValue(name, out var entry))
        {
            throw new ModelFileException($"{Path}: there is no tensor \"{ModelFileException.Shown(name)}\".");
        }

        long[] shape = [.. entry.Shape];
        if (entry.Begin == entry.End)
        {
            return empty(shape, dtype: entry.Type);
        }

        var address = _data + checked((nint)entry.Begin);
        var view = MappedTensor.Create(address, shape, entry.Type);
        if (address % SafetensorsTypes.Size(entry.Type) == 0)
        {
            return view;
        }

        // Headers of odd length leave elements across word borders, which vector instructions may refuse.
        using (view)
        {
            return view.clone();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_view is not null && !_disposed)
        {
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
            _view.Dispose();
        }

        _map?.Dispose();
        _disposed = true;
    }

    private static SafetensorsFile OpenExisting(string path)
    {
        LibTorch.Load();
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
        try
        {
            var json = ReadHeader(path, stream);
            return new SafetensorsFile(path, SafetensorsHeader.Parse(path, json, stream.Length - LengthBytes - json.Length), stream, json.Length);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    private static byte[] ReadHeader(string path, FileStream stream)
    {
        Span<byte> length = stackalloc byte[LengthBytes];
        if (stream.Length < LengthBytes)
        {
            throw new ModelFileException($"{path}: {stream.Length} bytes are too few for a safetensors file. The file is cut short.");
        }

        stream.ReadExactly(length);
        var claimed = BinaryPrimitives.ReadUInt64LittleEndian(length);
        if (claimed > SafetensorsHeader.LargestBytes || (long)claimed > stream.Length - LengthBytes)
        {
            throw new ModelFileException(
                $"{path}: the header claims {claimed} bytes, but the file has {stream.Length} and a header at most {SafetensorsHeader.LargestBytes}. " +
                "The file is cut short or not a safetensors file.");
        }

        var json = new byte[claimed];
        stream.ReadExactly(json);
        return json;
    }
}
