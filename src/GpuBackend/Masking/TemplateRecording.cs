using SimServe.GpuBackend.Models.Flux;
using SimServe.Policies;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Masking;

/// <summary>What a template's own inference leaves behind: in host memory every block's input, or its keys and values, at every step, and its residuals.</summary>
/// <remarks>
/// Rows are stored text first where there is any, then image tokens in order: image token t is row <see cref="TextRows"/> + t.
/// The residual of a step is (noise - image) - velocity of the plain model. Added to the velocity of an edit it makes an edit with the
/// template's own prompt and seed reproduce the template's image. Source: the FlowEdit identity (Kulikov et al., 2024) and direct inversion
/// (Ju et al., 2023). Read-only once recorded: any number of threads may read it. Whoever reads it takes a <see cref="Use"/> of it: its memory is freed when
/// its owner has disposed it and nobody uses it any more.
/// </remarks>
public sealed class TemplateRecording : IDisposable
{
    private readonly HostMemory[] _rows;
    private readonly TemplateTensors _tensors;
    private readonly Lock _gate = new();
    private readonly Dictionary<int, TemplateTensors> _copies = [];
    private int _uses;
    private bool _disposed;
    private volatile bool _freed;

    /// <summary>Takes ownership of everything recorded.</summary>
    internal TemplateRecording(FluxModel model, EditTemplate template, double[] sigmas, TemplateTensors tensors, HostMemory[] rows) =>
        (Model, Template, Sigmas, _tensors, _rows, Format) = (model, template, sigmas, tensors, rows, new RowFormat(model.Config));

    /// <summary>The template.</summary>
    public EditTemplate Template { get; }

    /// <summary>Noise levels, <see cref="Steps"/> + 1 of them from 1 down to 0.</summary>
    public IReadOnlyList<double> Sigmas { get; }

    /// <summary>Denoising steps recorded.</summary>
    public int Steps => _rows.Length;

    /// <summary>Blocks recorded in each step.</summary>
    public int Blocks => Model.Config.Transformer.Blocks;

    /// <summary>What is kept of each block, and in which numbers.</summary>
    public CacheFormat Cache => Format.Cache;

    /// <summary>Rows of text before those of image tokens: T of block inputs, none of keys and values.</summary>
    public int TextRows => Format.TextRows;

    /// <summary>All rows of each block.</summary>
    public int RowCount => Format.Rows;

    /// <summary>Bytes of a row.</summary>
    public int RowBytes => Format.RowBytes;

    /// <summary>Bytes of the activation cache: every row of every block, at every step.</summary>
    public long Bytes => Steps * Format.StepBytes;

    /// <summary>How rows lie in memory.</summary>
    internal RowFormat Format { get; }

    /// <summary>The model that recorded it.</summary>
    internal FluxModel Model { get; }

    /// <summary>What edits take of it besides rows, where its model computes.</summary>
    internal TemplateTensors Tensors => _tensors;

    /// <summary>One block's rows at one step.</summary>
    /// <param name="step">From 0 to <see cref="Steps"/> - 1.</param>
    /// <param name="block">From 0 to <see cref="Blocks"/> - 1.</param>
    /// <returns><see cref="RowCount"/> rows of <see cref="RowBytes"/>; valid until the recording is disposed.</returns>
    public unsafe ReadOnlySpan<byte> Rows(int step, int block) => new((void*)AddressOf(step, block), RowCount * RowBytes);

    /// <summary>Uses it: its memory stays until the answer is disposed, even when its owner disposes it meanwhile.</summary>
    /// <exception cref="ObjectDisposedException">Its owner has disposed it, and nobody uses it any more.</exception>
    public RecordingUse Use() => TryUse() ?? throw new ObjectDisposedException(nameof(TemplateRecording));

    /// <summary>Disposes the owner's part: memory is freed when nobody uses it any more.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            if (_uses > 0)
            {
                return;
            }
        }

        Free();
    }

    /// <summary>Uses it, unless its memory is freed: then <c>null</c>. Whoever uses it may let another use it too, whatever its owner does meanwhile.</summary>
    internal RecordingUse? TryUse()
    {
        lock (_gate)
        {
            if (_disposed && _uses == 0)
            {
                return null;
            }

            _uses++;
            return new RecordingUse(this);
        }
    }

    /// <summary>One use has ended.</summary>
    internal void EndUse()
    {
        lock (_gate)
        {
            if (--_uses > 0 || !_disposed)
            {
                return;
            }
        }

        Free();
    }

    /// <summary>What the bytes of a step's rows are, in words: recordings of different layouts cannot stand in for each other.</summary>
    internal static string LayoutOf(FluxConfig config) =>
        $"{config.Cache.VariantName} in {config.Cache.NumbersName}, {config.Transformer.Blocks} blocks, {config.SequenceTokens} rows of {config.Transformer.Width} {config.Type}";

    /// <summary>The memory of one step's rows.</summary>
    internal HostMemory StepRows(int step) => _rows[step];

    /// <summary>Bytes of one step's rows.</summary>
    internal static long StepBytes(FluxConfig config) => new RowFormat(config).StepBytes;

    /// <summary>Where one block's rows at one step lie.</summary>
    internal nint AddressOf(int step, int block)
    {
        ObjectDisposedException.ThrowIf(_freed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(block);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(block, Blocks);
        return _rows[step].Address + (nint)((long)block * RowCount * RowBytes);
    }

    /// <summary>The other tensors on a device, copied there when they are first asked for.</summary>
    internal TemplateTensors On(Device device)
    {
        ObjectDisposedException.ThrowIf(_freed, this);
        if (device.type == Model.Device.type && device.index == Model.Device.index)
        {
            return _tensors;
        }

        lock (_gate)
        {
            if (!_copies.TryGetValue(device.index, out var copy))
            {
                _copies.Add(device.index, copy = _tensors.To(device));
            }

            return copy;
        }
    }

    private void Free()
    {
        _freed = true;
        _tensors.Dispose();
        Array.ForEach([.. _copies.Values], static copy => copy.Dispose());
        Array.ForEach(_rows, static rows => rows.Dispose());
    }
}
