using SimServe.Policies;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Masking;

/// <summary>What a template's own inference leaves behind: in host memory blocks' inputs, or their keys and values, at every step, and a few tensors.</summary>
/// <remarks>
/// Rows of a block are stored text first where there is any, then image tokens in order, branch by branch where guidance takes two.
/// The residual of a Flux model's step is (noise - image) - velocity of the plain model. Added to the velocity of an edit it makes an edit with the
/// template's own prompt and seed reproduce the template's image. Source: the FlowEdit identity (Kulikov et al., 2024) and direct inversion
/// (Ju et al., 2023). Read-only once recorded: any number of threads may read it. Whoever reads it takes a <see cref="Use"/> of it: its memory is freed when
/// its owner has disposed it and nobody uses it any more.
/// </remarks>
public sealed class TemplateRecording : IDisposable
{
    private readonly HostMemory[] _rows;
    private readonly RecordedTensors _tensors;
    private readonly Lock _gate = new();
    private readonly Dictionary<int, RecordedTensors> _copies = [];
    private int _uses;
    private bool _disposed;
    private volatile bool _freed;

    /// <summary>Takes ownership of everything recorded.</summary>
    internal TemplateRecording(ServedModel model, EditTemplate template, RecordedTensors tensors, HostMemory[] rows) =>
        (Model, Template, _tensors, _rows) = (model, template, tensors, rows);

    /// <summary>The template.</summary>
    public EditTemplate Template { get; }

    /// <summary>Denoising steps recorded.</summary>
    public int Steps => _rows.Length;

    /// <summary>What is kept of each block, and in which numbers.</summary>
    public CacheFormat Cache => Layout.Cache;

    /// <summary>Bytes of the activation cache: every row of every block, at every step.</summary>
    public long Bytes => Steps * Layout.StepBytes;

    /// <summary>What is recorded of each block, and how it lies in memory.</summary>
    internal RowLayout Layout => Model.Rows;

    /// <summary>The model that recorded it.</summary>
    internal ServedModel Model { get; }

    /// <summary>What edits take of it besides rows, where its model computes.</summary>
    internal RecordedTensors Tensors => _tensors;

    /// <summary>One block's rows at one step.</summary>
    /// <param name="step">From 0 to <see cref="Steps"/> - 1.</param>
    /// <param name="block">One of which something is recorded.</param>
    /// <returns>All rows; valid until the recording is disposed.</returns>
    internal unsafe ReadOnlySpan<byte> Rows(int step, int block) => new((void*)AddressOf(step, block), checked((int)Layout[block].Bytes));

    /// <summary>One image token's row of a block at one step.</summary>
    /// <param name="step">From 0 to <see cref="Steps"/> - 1.</param>
    /// <param name="block">One of which something is recorded.</param>
    /// <param name="token">The token, of the first branch.</param>
    /// <returns>As it is stored; valid until the recording is disposed.</returns>
    public ReadOnlySpan<byte> RowOf(int step, int block, int token)
    {
        var set = Layout[block];
        return Rows(step, block).Slice((set.TextRows + token) * set.Format.RowBytes, set.Format.RowBytes);
    }

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

    /// <summary>The memory of one step's rows.</summary>
    internal HostMemory StepRows(int step) => _rows[step];

    /// <summary>Where one block's rows at one step lie.</summary>
    internal nint AddressOf(int step, int block)
    {
        ObjectDisposedException.ThrowIf(_freed, this);
        return _rows[step].Address + (nint)Layout[block].Offset;
    }

    /// <summary>The other tensors on a device, copied there when they are first asked for.</summary>
    internal RecordedTensors On(Device device)
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
