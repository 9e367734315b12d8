using SimServe.GpuBackend.Models.Flux;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Masking;

/// <summary>What a template's own inference leaves behind in host memory: every block's input at every step, and its residuals.</summary>
/// <remarks>
/// Rows of a block's input are stored text first, then image tokens in order: image token t is row <see cref="TextTokens"/> + t.
/// The residual of a step is (noise - image) - velocity of the plain model. Added to the velocity of an edit it makes an edit with the
/// template's own prompt and seed reproduce the template's image. Source: the FlowEdit identity (Kulikov et al., 2024) and direct inversion
/// (Ju et al., 2023). Read-only once recorded: any number of threads may read it. Dispose it only when no edit uses it any more.
/// </remarks>
public sealed class TemplateRecording : IDisposable
{
    private readonly Tensor[] _rows;
    private readonly nint[] _addresses;
    private readonly Tensor[] _residuals;
    private bool _disposed;

    /// <summary>Takes ownership of everything recorded.</summary>
    internal TemplateRecording(FluxModel model, EditTemplate template, double[] sigmas, TemplateConstants constants, Tensor[] rows, Tensor[] residuals)
    {
        (Model, Template, Sigmas, Constants, _rows, _residuals) = (model, template, sigmas, constants, rows, residuals);
        _addresses = [.. rows.Select(Address)];
    }

    /// <summary>The template.</summary>
    public EditTemplate Template { get; }

    /// <summary>Noise levels, <see cref="Steps"/> + 1 of them from 1 down to 0.</summary>
    public IReadOnlyList<double> Sigmas { get; }

    /// <summary>Denoising steps recorded.</summary>
    public int Steps => _rows.Length;

    /// <summary>Blocks recorded in each step.</summary>
    public int Blocks => Model.Config.Transformer.Blocks;

    /// <summary>Text rows of each block's input, T.</summary>
    public int TextTokens => Model.Config.TextTokens;

    /// <summary>All rows of each block's input, T + L.</summary>
    public int RowCount => Model.Config.SequenceTokens;

    /// <summary>Channels of a row, H.</summary>
    public int Width => Model.Config.Transformer.Width;

    /// <summary>Bytes of the activation cache: every row of every block's input, at every step.</summary>
    public long Bytes => (long)Steps * Blocks * RowCount * Width * sizeof(float);

    /// <summary>The model that recorded it.</summary>
    internal FluxModel Model { get; }

    /// <summary>What the steps have in common.</summary>
    internal TemplateConstants Constants { get; }

    /// <summary>One block's input at one step.</summary>
    /// <param name="step">From 0 to <see cref="Steps"/> - 1.</param>
    /// <param name="block">From 0 to <see cref="Blocks"/> - 1.</param>
    /// <returns>Row-major [T + L, H]; valid until the recording is disposed.</returns>
    public unsafe ReadOnlySpan<float> Rows(int step, int block)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(block);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(block, Blocks);
        var length = RowCount * Width;
        return new ReadOnlySpan<float>((float*)_addresses[step] + ((long)block * length), length);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        Constants.Dispose();
        Array.ForEach(_rows, static rows => rows.Dispose());
        Array.ForEach(_residuals, static residual => residual.Dispose());
    }

    /// <summary>Residual of one step, [L, C].</summary>
    internal Tensor Residual(int step)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _residuals[step];
    }

    // Native memory: it never moves while the tensor lives.
    private static unsafe nint Address(Tensor rows)
    {
        fixed (byte* first = rows.bytes)
        {
            return (nint)first;
        }
    }
}
