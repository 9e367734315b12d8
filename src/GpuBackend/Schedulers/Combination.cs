using static TorchSharp.torch;

namespace SimServe.GpuBackend.Schedulers;

/// <summary>Weighted sums of tensors, which is what every solver step is.</summary>
internal static class Combination
{
    /// <summary>The sum, in float32, or in float64 where the first tensor is.</summary>
    /// <param name="terms">At least one; those of weight 0 are left out, whatever their tensor holds.</param>
    /// <returns>A new tensor.</returns>
    public static Tensor Of(params ReadOnlySpan<(double Weight, Tensor Value)> terms)
    {
        var type = WorkingType(terms[0].Value);
        Tensor? sum = null;
        foreach (var (weight, value) in terms)
        {
            if (weight != 0)
            {
                sum = sum is null ? value.to(type).mul(weight) : sum.add_(value.to(type), alpha: weight);
            }
        }

        return sum ?? zeros_like(terms[0].Value, dtype: type);
    }

    /// <summary>A linear form of a sample and a model's output.</summary>
    public static Tensor Of(LinearForm form, Tensor sample, Tensor output) => Of((form.Sample, sample), (form.Output, output));

    /// <summary>The type steps are computed in: half precision loses the small steps at the end of a run.</summary>
    public static ScalarType WorkingType(Tensor sample) => sample.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;
}
