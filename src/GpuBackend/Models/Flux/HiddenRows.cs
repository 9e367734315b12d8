using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.Flux;

/// <summary>The hidden state between two blocks: text and image apart, or as one sequence.</summary>
internal sealed class HiddenRows
{
    private readonly Tensor? _text;
    private readonly Tensor? _image;
    private readonly Tensor? _sequence;

    /// <summary>The state between double-stream blocks.</summary>
    /// <param name="text">[B*T, H].</param>
    /// <param name="image">[N, H].</param>
    public HiddenRows(Tensor text, Tensor image) => (_text, _image) = (text, image);

    /// <summary>The state between single-stream blocks.</summary>
    /// <param name="sequence">[B*T + N, H], each member's text rows, then its image rows.</param>
    public HiddenRows(Tensor sequence) => _sequence = sequence;

    /// <summary>As one sequence, [B*T + N, H].</summary>
    public Tensor Joined(PassLayout layout) => _sequence ?? layout.Join(_text!, _image!);

    /// <summary>Text and image apart, [B*T, H] and [N, H].</summary>
    public (Tensor Text, Tensor Image) Split(PassLayout layout) => _sequence is null ? (_text!, _image!) : layout.Split(_sequence);

    /// <summary>Keeps the state past the end of the current dispose scope.</summary>
    public HiddenRows Keep()
    {
        _text?.MoveToOuterDisposeScope();
        _image?.MoveToOuterDisposeScope();
        _sequence?.MoveToOuterDisposeScope();
        return this;
    }

    /// <summary>Frees the state.</summary>
    public void Free()
    {
        _text?.Dispose();
        _image?.Dispose();
        _sequence?.Dispose();
    }
}
